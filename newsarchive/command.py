"""What all commands have in common: `crawl`, which Scrapy's own is made into, apart."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand

from newsarchive import redaction, terminal

if TYPE_CHECKING:
    import argparse

    from scrapy.settings import BaseSettings


def prepare_output(settings: BaseSettings) -> None:
    """Do what every command does before it says anything: no control sequence and no secret gets out."""
    urls = {name: str(settings[name]) for name in settings if name.endswith("_URL") and settings[name]}
    tokens = [url for name, url in urls.items() if name.startswith("HEALTHCHECK_")]
    redaction.remember(urls.values(), tokens=tokens)
    terminal.install()


class ArchiveCommand(ScrapyCommand):
    """A command that works on an archive without a crawl.

    Scrapy loads every command at each start, the start of a crawl too. So a command's class says how it is called and
    nothing more; what it does is in a module of `newsarchive.jobs` with a function ``run``, which gives the exit code.

    Attributes:
        job: the name of that module.
        arguments: how it is called, after its name.
        summary: what it does, in a line.
        examples: more of that, with the exit codes.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}
    job: ClassVar[str]
    arguments: ClassVar[str]
    summary: ClassVar[str]
    examples: ClassVar[str]

    def syntax(self) -> str:
        """Say how it is called."""
        return self.arguments

    def short_desc(self) -> str:
        """Say what it does in a line."""
        return self.summary

    def long_desc(self) -> str:
        """Say what it does, with examples and the exit codes."""
        return f"{self.summary}. {self.examples}"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Let nothing but text reach the terminal, before anything is said."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - as below
        prepare_output(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do it."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before run; for the type checker
        self.exitcode = import_module(f"newsarchive.jobs.{self.job}").run(self.settings, args, opts)
