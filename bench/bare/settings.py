"""What ``scrapy startproject`` writes, but for the delay and how many at once, which the command line says."""

BOT_NAME = "bare"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
ROBOTSTXT_OBEY = True
FEED_EXPORT_ENCODING = "utf-8"
LOG_LEVEL = "INFO"  # as newsarchive's; a line for every page would make it slower
