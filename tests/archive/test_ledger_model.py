"""The ledger beside a plain dictionary: whatever is done to both, in any order, they say the same."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from newsarchive.archive.ledger import KEPT_FOR, Adopted, Kept, Ledger, State, Validators
from newsarchive.article import Name, Origin
from newsarchive.dates import SHANGHAI
from newsarchive.source.links import ArticleLink
from newsarchive.source.lists import Sighting

START = datetime(2022, 3, 2, 4, 0, tzinfo=UTC)
PUBLISHED = datetime(2022, 3, 1, 10, 12, 37, tzinfo=UTC)
ENDS = (State.FAILED, State.EXPIRED, State.GONE)
LISTS = ("/", "/category/jia.html", "/category/yi.html")

names = st.builds(Name, st.sampled_from([f"2022030123407642{n:02d}" for n in range(6)]), st.booleans())
paths = st.sampled_from(LISTS)
links = st.builds(
    lambda name, day, category, title: ArticleLink(
        name, f"/{category}/{day:%Y/%m/%d}/{name}.html", (category,), day, title
    ),
    names,
    st.sampled_from([date(2022, 2, 28), date(2022, 3, 1)]),
    st.sampled_from(["jia", "yi"]),
    st.sampled_from(["", "甲", "乙"]),
)
sightings = st.builds(Sighting, links | st.builds(ArticleLink, names), st.sampled_from([(), ("甲",), ("甲", "乙")]))


@dataclass
class Entry:
    link: ArticleLink
    tags: tuple[str, ...]
    deadline: datetime
    state: State = State.PENDING
    tries: int = 0
    error: str | None = None
    origin: Origin | None = None
    post: str | None = None
    dated: bool = False


@dataclass
class Model:
    articles: dict[Name, Entry] = field(default_factory=dict)
    due: dict[str, str] = field(default_factory=dict)
    validators: dict[str, Validators] = field(default_factory=dict)
    served: dict[str, str] = field(default_factory=dict)
    size: int = 0

    def see(self, sighting: Sighting, now: datetime) -> None:
        link = sighting.link
        day = link.day
        deadline = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + KEPT_FOR if day else now + KEPT_FOR
        entry = self.articles.get(link.name)
        if entry is None:
            self.articles[link.name] = Entry(link, sighting.tags, deadline)
        elif link.path:
            title = link.title or entry.link.title
            entry.link = ArticleLink(link.name, link.path, link.segments, link.day, title)
            entry.tags = sighting.tags or entry.tags
            entry.deadline = entry.deadline if entry.dated else deadline
            if entry.state in ENDS:
                entry.state = State.PENDING


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.model = Model()
        self.now = START
        self.captures = 0
        self.open()

    def open(self) -> None:
        self.ledger = Ledger(self.folder / "ledger.db")
        self.ledger._db.execute("PRAGMA synchronous = OFF")  # quicker; power cuts are not the subject here
        self.ledger.sync_captures = lambda: ("a.warc.gz", self.captures)
        self.unwritten: dict[str, str] = {}

    def wrote(self) -> None:
        """A transaction went through: what was noted before it is on the disk."""
        self.model.served |= self.unwritten
        self.model.size = self.captures
        self.unwritten = {}

    @rule(
        path=paths,
        page=st.lists(sightings, max_size=5),
        due=st.dictionaries(paths, st.sampled_from(["甲", "乙"]), max_size=2),
        etag=st.sampled_from([None, '"1"', '"2"']),
    )
    def a_list_is_read(self, path: str, page: list[Sighting], due: dict[str, str], etag: str | None) -> None:
        self.ledger.list_read(path, page, now=self.now, validators=Validators(etag), due=due.items())
        for sighting in page:
            self.model.see(sighting, self.now)
        self.model.due = {**self.model.due, **due}
        self.model.due.pop(path, None)
        self.model.validators[path] = Validators(etag)
        self.wrote()

    @rule(path=paths, page=st.lists(sightings, min_size=1, max_size=5))
    def a_list_breaks_off(self, path: str, page: list[Sighting]) -> None:
        def breaks_off():
            yield from page
            raise ZeroDivisionError

        try:
            self.ledger.list_read(path, breaks_off(), now=self.now, validators=Validators('"broken"'))
        except ZeroDivisionError:
            return
        raise AssertionError("the error was swallowed")

    @rule(path=paths)
    def a_list_is_settled(self, path: str) -> None:
        self.ledger.list_settled(path)
        self.model.due.pop(path, None)

    @rule(sighting=sightings)
    def an_article_is_asked_for(self, sighting: Sighting) -> None:
        self.ledger.see(sighting, now=self.now)
        self.model.see(sighting, self.now)
        self.wrote()

    @rule(name=names, origin=st.sampled_from(Origin))
    def an_article_is_captured(self, name: Name, origin: Origin) -> None:
        sighting = Sighting(ArticleLink(name), ())
        post = f"_posts/{name}.md"
        kept = Kept(
            category="jia",
            origin=origin,
            capture=None,
            capture_sha256=None,
            post=post,
            post_sha256="ab",
            published=PUBLISHED,
        )
        self.ledger.captured(sighting, kept, now=self.now)
        self.model.see(sighting, self.now)
        entry = self.model.articles[name]
        entry.state, entry.error, entry.origin, entry.post = State.CAPTURED, None, origin, post
        entry.deadline, entry.dated = PUBLISHED + KEPT_FOR, True
        self.wrote()

    @rule(name=names, state=st.sampled_from([State.PENDING, *ENDS]), nowhere=st.booleans())
    def an_article_fails(self, name: Name, *, state: State, nowhere: bool) -> None:
        self.ledger.failed(name, "not fetched", "HTTP 503", now=self.now, state=state, nowhere=nowhere)
        entry = self.model.articles.get(name)
        if entry is not None and entry.state is not State.CAPTURED:
            entry.tries += 1
            entry.error = "HTTP 503"
            entry.state = state

    @rule(name=names)
    def an_article_is_forgotten(self, name: Name) -> None:
        self.ledger.forget(name)
        if name in self.model.articles and self.model.articles[name].state is State.PENDING:
            del self.model.articles[name]

    @rule(posts=st.sets(names, max_size=3))
    def posts_are_adopted(self, posts: set[Name]) -> None:
        new = [name for name in posts if name not in self.model.articles]
        assert self.ledger.adopt((Adopted(name, f"_posts/{name}.md", "ab") for name in posts), now=self.now) == len(new)
        for name in new:
            self.model.articles[name] = Entry(
                ArticleLink(name), (), self.now, state=State.CAPTURED, post=f"_posts/{name}.md"
            )
        self.wrote()

    @rule(url=st.sampled_from(["http://a/", "http://b/"]), length=st.integers(1, 500))
    def a_response_is_kept(self, url: str, length: int) -> None:
        self.unwritten[url] = f"a.warc.gz#{self.captures}"
        self.ledger.note_served(url, f"a.warc.gz#{self.captures}")
        self.captures += length
        assert self.ledger.served(url) == self.unwritten[url]

    @rule()
    def time_passes(self) -> None:
        self.now += timedelta(hours=7)

    @rule()
    def the_run_ends_and_another_begins(self) -> None:
        self.ledger.flush()
        self.wrote()
        self.ledger.close()
        self.open()

    @rule()
    def the_run_is_killed_and_another_begins(self) -> None:
        """What was noted and not written is lost, and nothing else is."""
        self.ledger.close()
        self.captures = self.model.size
        self.open()

    @invariant()
    def both_say_the_same_of_every_article(self) -> None:
        expected = copy.deepcopy(self.model.articles)
        for name, entry in expected.items():
            row = self.ledger.find(name)
            assert row is not None, f"{name} was forgotten"
            found = Entry(row.link, row.tags, row.deadline, row.state, row.tries, row.error, row.origin, row.post)
            found.dated = row.published is not None
            assert found == entry, f"{name}: {found} in the ledger, {entry} in the model"
        counts: dict[str, int] = {}
        for entry in expected.values():
            counts[entry.state] = counts.get(entry.state, 0) + 1
        assert self.ledger.counts() == counts

    @invariant()
    def both_have_the_same_queue(self) -> None:
        waiting = [entry for entry in self.model.articles.values() if entry.state is State.PENDING]
        waiting.sort(key=lambda entry: (entry.deadline, entry.link.name.number, str(entry.link.name)))
        assert [row.link.name for row in self.ledger.pending()] == [entry.link.name for entry in waiting]
        assert self.ledger.waiting() == (len(waiting), waiting[0].deadline if waiting else None)
        assert dict(self.ledger.pending_lists()) == self.model.due

    @invariant()
    def both_know_the_same_of_lists_and_captures(self) -> None:
        for path in LISTS:
            assert self.ledger.validators(path) == self.model.validators.get(path, Validators())
        for url in ("http://a/", "http://b/"):
            assert self.ledger.served(url) == (self.model.served | self.unwritten).get(url)
        assert self.ledger.committed() in {None, ("a.warc.gz", self.model.size)}

    def teardown(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.folder)


TestLedgerBesideADictionary = LedgerMachine.TestCase
TestLedgerBesideADictionary.settings = settings(
    max_examples=50, stateful_step_count=25, derandomize=True, deadline=None
)
