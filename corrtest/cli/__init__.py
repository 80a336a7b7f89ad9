"""The command `corrtest`: one verb a step, thin over the rooms. Heavy imports happen inside the verbs."""

from corrtest.cli.app import main

__all__ = ["main"]
