"""How results look: figures, number formats, words, colours."""
