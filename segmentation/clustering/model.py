"""The frozen segments: features, centroids, names and what the fit says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

from segmentation.features import FeatureModel

Point: TypeAlias = tuple[float, ...]
Word = Literal["high", "low", "is", "missing", "typical", "number"]


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a segment's automatic name, as keys: words are found elsewhere.

    Attributes
    ----------
    column : str
        What stands out; empty for `typical` and `number`.
    word : {"high", "low", "is", "missing", "typical", "number"}
        How: a number above or below the portfolio, a category that `is` of a
        level or is `missing`, a segment like the whole portfolio, or its bare
        number where nothing else tells it from another.
    level : str
        The level of `is` or the number of `number`; text from the data, hostile.
    """

    column: str
    word: Word
    level: str = ""


SegmentName: TypeAlias = tuple[NamePart, ...]


@dataclass(frozen=True, slots=True)
class Projection:
    """A flat map of the features: two principal components.

    Attributes
    ----------
    centre : Point
        Mean of the features.
    axes : tuple of Point
        Two directions; zeros where the features have none.
    explained : tuple of float
        Share of the variance along each, 0 to 1.
    """

    centre: Point
    axes: tuple[Point, Point]
    explained: tuple[float, float]

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Projection:  # Any: parsed JSON
        """Read what `asdict` wrote."""
        first, second = stored["axes"]
        return cls(tuple(stored["centre"]), (tuple(first), tuple(second)), tuple(stored["explained"]))


@dataclass(frozen=True, slots=True)
class SegmentQuality:
    """What the fit says of itself.

    Attributes
    ----------
    customers : int
        Customers fitted on.
    seed : int
        Seed of the fit.
    asked : int
        Segments asked for; fewer are given when fewer customers differ.
    explained_variance : float
        Share of the spread between customers that lies between segments, 0 to 1.
    silhouette : float or None
        −1 to 1, sampled; None with one segment.
    suggested : int
        Number of segments with the best silhouette.
    silhouettes : tuple of (int, float)
        Silhouette per number of segments tried.
    """

    customers: int
    seed: int
    asked: int
    explained_variance: float
    silhouette: float | None
    suggested: int
    silhouettes: tuple[tuple[int, float], ...]

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> SegmentQuality:  # Any: parsed JSON
        """Read what `asdict` wrote."""
        return cls(**{**stored, "silhouettes": tuple((k, score) for k, score in stored["silhouettes"])})


@dataclass(frozen=True, slots=True)
class SegmentModel:
    """Frozen segments, numbered from 1 by falling mean value score.

    Attributes
    ----------
    features : FeatureModel
        How customers are compared.
    centroids : tuple of Point
        One a segment, in the features' scale.
    names : tuple of SegmentName
        One automatic name a segment.
    titles : tuple of str
        One title a segment given by people; empty means the automatic name.
    projection : Projection
        The flat map.
    quality : SegmentQuality
        What the fit says of itself.
    """

    features: FeatureModel
    centroids: tuple[Point, ...]
    names: tuple[SegmentName, ...]
    titles: tuple[str, ...]
    projection: Projection
    quality: SegmentQuality

    @property
    def numbers(self) -> range:
        """Numbers of the segments, 1 to K."""
        return range(1, len(self.centroids) + 1)

    def to_dict(self) -> dict[str, object]:
        """Write as plain JSON types."""
        return {
            "features": self.features.to_dict(),
            "centroids": [list(point) for point in self.centroids],
            "names": [[asdict(part) for part in name] for name in self.names],
            "titles": list(self.titles),
            "projection": asdict(self.projection),
            "quality": asdict(self.quality),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> SegmentModel:  # Any: parsed JSON
        """Read what :meth:`to_dict` wrote."""
        return cls(
            features=FeatureModel.from_dict(stored["features"]),
            centroids=tuple(tuple(map(float, point)) for point in stored["centroids"]),
            names=tuple(tuple(NamePart(**part) for part in name) for name in stored["names"]),
            titles=tuple(stored["titles"]),
            projection=Projection.from_dict(stored["projection"]),
            quality=SegmentQuality.from_dict(stored["quality"]),
        )


def renumber(model: SegmentModel, order: Sequence[int]) -> SegmentModel:
    """Give the segments new numbers: `order[0]` is the old number of the new segment 1.

    Raises
    ------
    ValueError
        When `order` is not a permutation of the numbers.
    """
    if sorted(order) != list(model.numbers):
        raise ValueError(f"order {list(order)} is no permutation of 1 to {len(model.centroids)}")
    places = [number - 1 for number in order]
    return replace(
        model,
        centroids=tuple(model.centroids[place] for place in places),
        names=tuple(model.names[place] for place in places),
        titles=tuple(model.titles[place] for place in places),
    )


def retitle(model: SegmentModel, number: int, title: str) -> SegmentModel:
    """Give a segment a title of one's own; an empty one brings the automatic name back."""
    titles = list(model.titles)
    titles[number - 1] = title
    return replace(model, titles=tuple(titles))
