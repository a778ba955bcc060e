"""What several pages share: state, cache, the context bar, cards, upload."""
