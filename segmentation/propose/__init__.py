"""Policies the machine proposes: by share, by natural breaks, by exact search under limits."""
