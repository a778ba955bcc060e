"""Charts by question, as the pages are; each comes with its alternative text and its table."""
