"""What an export remembers: articles with their best page, and lines in the order of their bytes."""

from __future__ import annotations

from newsarchive.archive.scratch import Page, Scratch

ONE, TWO, THREE = "202203041300000001", "202203041300000002", "202203041300000003"


def test_of_an_articles_pages_the_best_stays_and_of_equal_ones_the_later() -> None:
    with Scratch() as scratch:
        for number in (TWO, ONE, THREE):
            scratch.add_article(number, f"title of {number}", "")
        scratch.offer_page(ONE, "http://a/1", "2022-03-04T00:00:00Z", worth=2)
        scratch.offer_page(ONE, "http://a/2", "2022-03-05T00:00:00Z", worth=2)
        scratch.offer_page(ONE, "http://a/3", "2022-03-06T00:00:00Z", worth=1)
        scratch.offer_page(TWO, "http://b/1", "2022-03-04T00:00:00Z", worth=1)
        scratch.offer_page("20220304130000009", "http://c/1", "2022-03-04T00:00:00Z", worth=3)
        assert list(scratch.pages()) == [
            Page(f"title of {TWO}", "http://b/1", "2022-03-04T00:00:00Z"),
            Page(f"title of {ONE}", "http://a/2", "2022-03-05T00:00:00Z"),
        ]
        assert scratch.without_page() == 1


def test_of_two_articles_with_one_number_the_first_is_remembered() -> None:
    with Scratch() as scratch:
        scratch.add_article(ONE, "first", "20220304-0001.warc.gz#1")
        scratch.add_article(ONE, "second", "20220304-0001.warc.gz#2")
        assert scratch.capture_of(ONE) == "20220304-0001.warc.gz#1"
        assert scratch.capture_of(TWO) is None


def test_lines_come_in_the_order_of_their_bytes() -> None:
    lines = ["cn,a)/新 1", "cn,a)/😀 1", "cn,a)/\uff5e 1", "cn,a)/z 1", "cn,a)/ 2", "cn,a) 1", "cn,a)/Z 1"]
    with Scratch() as scratch:
        for line in lines:
            scratch.add_line(line)
        assert list(scratch.sorted_lines()) == sorted(lines, key=str.encode)
