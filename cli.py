"""The batch door: the same pipeline as the pages, without a browser.

Exit codes: 0 done; 2 wrong options or paths; 3 the input was refused (standard
error says file, line, column and what to do).
"""

from __future__ import annotations

import argparse
import getpass
import json
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

# The rooms import each other from the repository's root, wherever this was called from.
sys.path.insert(0, str(Path(__file__).resolve().parent))

import pipeline
from settings import Settings


def parser() -> argparse.ArgumentParser:
    """Make the parser of all commands."""
    top = argparse.ArgumentParser(prog="cli.py", description="Stratum without a browser.")
    commands = top.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="score files into a folder")
    run.add_argument("files", nargs="+", type=Path, metavar="FILE", help="parts of one portfolio")
    run.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="folder of the results; made when absent"
    )
    _add_reading(run)
    run.add_argument("--mapping", type=Path, help="TOML: which header is which column")
    run.add_argument(
        "--policy", type=Path, help="TOML: thresholds, gates, treatments; else the built-in policy"
    )
    run.add_argument("--model", type=Path, help="a model.json of an earlier run: score by it, fit nothing")
    run.add_argument("--clusters", type=_cluster_count, metavar="K", help="number of segments, 1 to 12")
    run.add_argument("--features", type=_names, metavar="A,B", help="columns the segments are made of")
    run.add_argument("--scorecard-features", type=_names, metavar="A,B", help="columns the scorecard may use")
    run.add_argument(
        "--accept-feature", action="append", default=[], metavar="NAME", help="use it although refused"
    )
    run.add_argument("--seed", type=int, default=0, help="of everything random")
    run.add_argument(
        "--as-of", type=_day, metavar="DATE", help="fit as if today were this day: nothing later is used"
    )
    run.add_argument(
        "--window-months", type=int, metavar="N", help="outcome of a performance window of N months"
    )
    _add_value(run)
    run.add_argument("--engine", default="duckdb", help="duckdb")
    _add_progress(run)
    run.add_argument("--strict", action="store_true", help="refuse instead of taking a best guess")

    ingest = commands.add_parser("ingest", help="take a file into the warehouse")
    ingest.add_argument("file", type=Path, metavar="FILE")
    ingest.add_argument("--dry-run", action="store_true", help="print mapping and account, keep nothing")
    _add_reading(ingest)
    ingest.add_argument("--mapping", type=Path, help="TOML: which header is which column")
    _add_progress(ingest)
    ingest.add_argument("--name", help="name of the snapshot; else the file's")

    policy = commands.add_parser("policy", help="list, show, compare, export or import policies")
    verbs = policy.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every policy and where it stands")
    which = "its name or identity, in-force, built-in, or a .toml file"
    show = verbs.add_parser("show", help="who signed a policy, and what it changes")
    show.add_argument("policy", metavar="POLICY", help=which)
    diff = verbs.add_parser("diff", help="what the second policy changes against the first, in words")
    diff.add_argument("policy", metavar="POLICY", help=which)
    diff.add_argument(
        "other", metavar="POLICY", nargs="?", help="by default the first is compared with in-force"
    )
    export = verbs.add_parser("export", help="write a policy as TOML")
    export.add_argument("policy", metavar="POLICY", help=which)
    export.add_argument("--out", type=Path, metavar="FILE", help="by default standard output")
    take = verbs.add_parser(
        "import", help="keep a policy file as a draft others can see; nothing is in force by it"
    )
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--name", help="name of the draft; else the file's own")
    take.add_argument("--note", default="", help="why, for whoever approves it")
    _backtest_parser(
        commands.add_parser("backtest", help="set tiers as of a day, judge them by what happened")
    )

    samples = commands.add_parser("samples", help="build the warehouse of scored samples (make setup does)")
    samples.add_argument("--out", required=True, type=Path, metavar="FILE")
    return top


def _add_progress(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--progress", action="store_true",
        help="say rows read and time left on standard error, also when it is no terminal",
    )  # fmt: skip


def _report(arguments: argparse.Namespace) -> pipeline.Report:
    """Tell the reading's progress on standard error: over one line of a terminal, else a line now and then."""
    is_terminal = sys.stderr.isatty()
    if not (is_terminal or arguments.progress):
        return pipeline.silent
    clock, told = pipeline.reading_clock(), [0.0]

    def report(progress: pipeline.Progress) -> None:
        is_last = progress.share >= 1
        if not is_last and time.monotonic() - told[0] < (0.2 if is_terminal else 2.0):
            return
        told[0] = time.monotonic()
        sentence = clock.sentence(progress.rows, progress.share)
        start, end = ("\r\x1b[2K", "\n" if is_last else "") if is_terminal else ("", "\n")
        print(f"{start}{sentence}", end=end, file=sys.stderr, flush=True)

    return report


def _backtest_parser(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, metavar="FILE")
    for option, text in (
        ("--fit-until", "the model is fitted as if today were this day"),
        ("--tiers-from", "first day of the deals that get a tier"),
        ("--tiers-to", "last day of the deals that get a tier"),
    ):
        command.add_argument(option, type=_day, required=True, metavar="DATE", help=text)
    command.add_argument(
        "--outcomes-until", type=_day, metavar="DATE", help="else all outcomes the file knows"
    )
    command.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="gets backtest.json and tiers.csv"
    )
    command.add_argument("--mapping", type=Path, help="TOML: which header is which column")
    rule = command.add_mutually_exclusive_group()
    rule.add_argument("--policy", type=Path, help="TOML: the policy that sets the tiers")
    rule.add_argument(
        "--shares",
        type=_shares,
        default=(0.1, 0.3),
        metavar="A,B",
        help="tiers by count of the value score: 0.1,0.3",
    )
    command.add_argument(
        "--date-column", default="originated_on", metavar="NAME", help="when a deal began; else originated_on"
    )
    command.add_argument(
        "--hindsight",
        action="store_true",
        help="fit old deals with all the file knows of them, as published tests do",
    )
    command.add_argument(
        "--leave-out", type=_names, default=(), metavar="A,B", help="columns known only after the decision"
    )
    command.add_argument("--margin", type=float, metavar="M", help="earned on the amount, once: 0.05")
    _add_value(command)
    command.add_argument("--horizon-months", type=float, metavar="N", help="months the outcome covers")
    command.add_argument("--seed", type=int, default=0, help="of everything random")


def _shares(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("write the shares as 0.1,0.3") from None


def _weights(text: str) -> dict[str, float]:
    try:
        return {name.strip(): float(weight) for name, weight in (part.split("=") for part in text.split(","))}
    except ValueError:
        raise argparse.ArgumentTypeError("write weights as roi=1,risk_adjusted_profit=0") from None


def _directions(text: str) -> dict[str, int]:
    ways = {"higher": 1, "lower": -1}
    try:
        return {
            name.strip(): ways[way.strip()] for name, way in (part.split("=") for part in text.split(","))
        }
    except (ValueError, KeyError):
        raise argparse.ArgumentTypeError(
            "write directions as survey_score=lower,utilisation=higher"
        ) from None


def _add_value(command: argparse.ArgumentParser) -> None:
    """Add how the value score weighs its inputs, and which way they are better."""
    command.add_argument(
        "--value-weights",
        type=_weights,
        default={},
        metavar="A=1,B=0",
        help="components and inputs of the value score",
    )
    command.add_argument(
        "--value-directions",
        type=_directions,
        default={},
        metavar="A=lower",
        help="inputs of which less is better, or more (higher), other than delivered",
    )


def _add_reading(command: argparse.ArgumentParser) -> None:
    """Add what a person may say about how files are to be read; the rest is found out."""
    command.add_argument("--encoding", metavar="NAME", help="of text, such as utf-8, gb18030, windows-1252")
    command.add_argument("--separator", metavar="SIGN", help="between cells: one sign, or tab")
    command.add_argument("--sheet", metavar="NAME", help="of a workbook; else the one with most cells")
    command.add_argument(
        "--member", metavar="NAME", help="file inside a zip, else the largest; * for all of its header"
    )
    command.add_argument(
        "--header-row", type=_row, metavar="N", help="line, or row of a sheet, with the column names"
    )


def _reading(arguments: argparse.Namespace) -> pipeline.ReadOptions:
    return pipeline.ReadOptions(
        encoding=arguments.encoding,
        separator=arguments.separator,
        sheet=arguments.sheet,
        member=arguments.member,
        header_line=arguments.header_row,
    )


def _row(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("rows are counted from 1")
    return number


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write the day as 2003-12-31") from None


def _cluster_count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= 12:
        raise argparse.ArgumentTypeError("give 1 to 12 segments")
    return count


def _existing(*paths: Path | None) -> None:
    """Refuse paths that are no files: a slip in the call, not in the content."""
    for path in paths:
        if path is not None and not path.is_file():
            raise pipeline.UsageError(f"There is no file {path}. Check the path.")


def command_run(arguments: argparse.Namespace) -> int:
    """Score files into a folder."""
    pipeline.check_engine(arguments.engine)
    _existing(*arguments.files, arguments.mapping, arguments.policy, arguments.model)
    if arguments.out.exists() and not arguments.out.is_dir():
        raise pipeline.UsageError(f"{arguments.out} is a file. Give a folder with --out.")
    options = pipeline.BatchOptions(
        files=tuple(arguments.files),
        out=arguments.out,
        mapping=pipeline.read_mapping(arguments.mapping) if arguments.mapping else None,
        policy=pipeline.read_policy(arguments.policy) if arguments.policy else None,
        model=pipeline.read_model(arguments.model) if arguments.model else None,
        strict=arguments.strict,
        reading=_reading(arguments),
        report=_report(arguments),
        score=pipeline.ScoreOptions(
            clusters=arguments.clusters,
            features=arguments.features,
            scorecard_features=arguments.scorecard_features,
            accepted=frozenset(arguments.accept_feature),
            seed=arguments.seed,
            as_of=arguments.as_of,
            window_months=arguments.window_months,
            weights=pipeline.weights_from(arguments.value_weights, arguments.value_directions),
        ),
    )
    summary = pipeline.batch_run(options, Settings())
    account = summary["account"]
    print(
        f"{account['rows_read']:,} rows read: {account['rows_accepted']:,} in, "
        f"{account['rows_quarantined']:,} set aside. Results are in {arguments.out}.",
        file=sys.stderr,
    )
    return 0


def command_ingest(arguments: argparse.Namespace) -> int:
    """Take a file into the warehouse, hand it to the app's inbox, or only say what would happen."""
    _existing(arguments.file, arguments.mapping)
    mapping = pipeline.read_mapping(arguments.mapping) if arguments.mapping else None
    settings = Settings()
    if arguments.dry_run:
        print(
            json.dumps(
                pipeline.dry_run(arguments.file, mapping, settings, _reading(arguments), _report(arguments)),
                ensure_ascii=False,
            )
        )
        return 0
    try:
        house = pipeline.open_house(settings)
    except pipeline.WarehouseBusy:
        settings.inbox_path.mkdir(parents=True, exist_ok=True)
        target = settings.inbox_path / arguments.file.name
        if target.exists():
            raise pipeline.UsageError(
                f"The app holds the warehouse and its inbox already has a file {target.name}. Rename yours."
            ) from None
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(arguments.file, part)
        part.rename(target)
        print(
            f"The app holds the warehouse: {target.name} now waits in its inbox {settings.inbox_path}.",
            file=sys.stderr,
        )
        return 0
    try:
        snapshot, is_new = pipeline.ingest_path(
            house, arguments.file, mapping, arguments.name, _reading(arguments), _report(arguments)
        )
    finally:
        house.close()
    account = snapshot.account
    state = "" if is_new else " The same content was there already."
    if is_new and "mended_from" in snapshot.sources[0]:
        state = " Mended rows joined those that were in; the earlier snapshot stays."
    print(
        f"{account.rows_read:,} rows read: {account.rows_accepted:,} in, {account.rows_quarantined:,} set "
        f"aside. Snapshot “{snapshot.name}” {snapshot.snapshot_id[:12]}.{state}",
        file=sys.stderr,
    )
    for row in pipeline.to_confirm(snapshot.mapping) if is_new and mapping is None else ():
        print(f"To confirm: {row['question']}", file=sys.stderr)
    return 0


def command_backtest(arguments: argparse.Namespace) -> int:
    """Set tiers as of a day, judge them by what happened."""
    _existing(arguments.file, arguments.mapping, arguments.policy)
    spec = pipeline.BackTestSpec(
        arguments.fit_until,
        arguments.tiers_from,
        arguments.tiers_to,
        arguments.outcomes_until,
        policy=pipeline.read_policy(arguments.policy) if arguments.policy else None,
        shares=arguments.shares,
        dated_by=arguments.date_column,
        hindsight=arguments.hindsight,
        leave_out=arguments.leave_out,
        margin=arguments.margin,
        options=pipeline.ScoreOptions(
            seed=arguments.seed,
            horizon_months=arguments.horizon_months,
            weights=pipeline.weights_from(arguments.value_weights, arguments.value_directions),
        ),
    )
    mapping = pipeline.read_mapping(arguments.mapping) if arguments.mapping else None
    summary = pipeline.backtest_run(
        pipeline.BackTestRun(arguments.file, arguments.out, spec, mapping), Settings()
    )
    print(f"{summary['customers']:,} customers judged. Results are in {arguments.out}.", file=sys.stderr)
    return 0


def command_samples(arguments: argparse.Namespace) -> int:
    """Build the warehouse of scored samples."""
    pipeline.build_samples(Settings(), arguments.out)
    return 0


def command_policy(arguments: argparse.Namespace) -> int:
    """List, show, compare, export or import policies of the warehouse."""
    settings = Settings()
    _existing(arguments.file if arguments.verb == "import" else None)
    house = pipeline.open_house(settings)
    try:
        match arguments.verb:
            case "list":
                print(pipeline.policy_list_text(house, settings.language))
            case "show":
                print(pipeline.policy_text(house, arguments.policy, settings.language))
            case "diff":
                before, after = ("in-force", arguments.policy)
                if arguments.other:
                    before, after = (arguments.policy, arguments.other)
                print(pipeline.policy_diff_text(house, before, after, settings.language))
            case "export":
                _write(pipeline.named_policy(house, arguments.policy).to_toml(), arguments.out)
            case _:
                person = pipeline.Person(getpass.getuser(), frozenset(settings.roles))
                line = pipeline.import_policy(house, arguments.file, arguments.name, arguments.note, person)
                print(f"“{line.row.name}” is kept as a draft: {line.line_id[:12]}.", file=sys.stderr)
    finally:
        house.close()
    return 0


def _write(text: str, path: Path | None) -> None:
    """Write a text to a file that is replaced whole, or to standard output."""
    if path is None:
        print(text, end="")
        return
    if path.is_dir() or not path.parent.is_dir():
        raise pipeline.UsageError(f"{path} can't be written. Give a file in a folder that exists.")
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


COMMANDS = {
    "run": command_run, "ingest": command_ingest, "policy": command_policy,
    "backtest": command_backtest, "samples": command_samples,
}  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; give its exit code.

    Examples
    --------
    >>> main(["run", "nowhere.csv", "--out", "results"])
    2
    """
    arguments = parser().parse_args(argv)
    try:
        return COMMANDS[arguments.command](arguments)
    except pipeline.UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except pipeline.StratumError as error:
        print(error, file=sys.stderr)
        return 3


if __name__ == "__main__":
    sys.exit(main())
