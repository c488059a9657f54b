"""Understanding the source: bytes and text in, links and articles out. No network, clock, settings or Scrapy."""
