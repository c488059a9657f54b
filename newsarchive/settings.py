"""Every setting, with the reason it differs from Scrapy's default. Override any with ``-s NAME=VALUE``."""

from __future__ import annotations

from typing import Any

BOT_NAME = "newsarchive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newsarchive.commands"  # brings our own `crawl`, whose exit code can be trusted

# -- Where the source is. Hosts have moved three times; what a page links to is followed through these. ------------

FINEWS_URL = "https://finews.withounder.com/"
NEWSSHARE_URL = "http://finews.zning.xyz/"
OLD_POST_URL = "https://raw.githubusercontent.com/zning1994/finews/main/old_post/"
ARTICLE_URL = "https://finance.eastmoney.com/"

# The publisher's own lists, which `scrapy crawl eastmoney` reads where there is no mirror: what newspapers wrote, the
# rolling news, an article's text. A column is a number (newspapers) or fast:NUMBER (rolling news).
EASTMONEY_LIST_URL = "https://np-listapi.eastmoney.com/"
EASTMONEY_FAST_URL = "https://np-weblist.eastmoney.com/"
EASTMONEY_API_URL = "https://newsinfo.eastmoney.com/"
EASTMONEY_COLUMNS = "350, 344, 345, fast:102"
EASTMONEY_MAX_PAGES = 50  # of a list in one run: 2,500 articles, or 10,000 of the rolling news; a few days of them

# A web archive, for `scrapy crawl wayback`: its index (CDX), and below which address a copy is given as it came.
WAYBACK_CDX_URL = "https://web.archive.org/cdx/search/cdx"
WAYBACK_RAW_URL = "https://web.archive.org/web/"

# Whose pictures `scrapy crawl images` keeps: names of hosts or globs; HOST=URL where they are fetched elsewhere.
IMAGE_HOSTS = "dfscdn.dfcfw.com, *.dfcfw.com, webquoteklinepic.eastmoney.com, *.eastmoney.com"
IMAGE_MAXSIZE = 8 * 1024 * 1024  # a larger picture is refused; the largest of the source seen is below 1 MiB

# -- The archive ---------------------------------------------------------------------------------------------------

ARCHIVE_DIR = "output"  # beside the code, so that a first run needs no choice; any folder will do
# A moment at which the clock stands still, e.g. 2022-03-03 20:00; for demos and simulations. Empty: the real time.
NEWSARCHIVE_CLOCK = ""
# A run refuses to begin with less free space than this, in MiB: a full disk is better met before the first request.
FREE_SPACE_MIB = 64
# An article whose better road keeps failing is archived from a lesser one when its deadline is this near (hours),
# or after so many runs; until then it waits for the exact text.
SETTLE_HOURS = 6
SETTLE_TRIES = 6
# An archived article is looked at once more when its deadline is this near (hours), so that an edit is not lost; 0: no
# last look. Costs each article one request more in its life.
LAST_LOOK_HOURS = 6
# An article that came by a lesser road is asked for again at better ones when a run has news to fetch anyway, but not
# more often than after so many hours, until three days after its deadline; 0 is never.
BETTER_HOURS = 12
# How many processes rebuild, verify, import and the search's index may use; 0 is one for each processor.
PROCESSES = 0
# A run puts its posts into the search index when everything else is done, and begins no further thousand after so
# many seconds; the next run, or a search, goes on. 0: only a search does it.
SEARCH_SECONDS = 10

# -- Alarms: the source shows far else than it used to; exit code 4 -----------------------------------------------

# Fewer than a quarter of the articles usual at this hour of this weekday are new, or four times a day's most. In a week
# of holidays it is right and of no use: -s VOLUME_ALARM=0
VOLUME_ALARM = True
# A field that nearly every new article had (digest, source line, stock links, the share host's text) is there no more,
# or texts are a quarter as long.
FILL_ALARM = True

# -- Whom to tell --------------------------------------------------------------------------------------------------

# An address of the operator's own that is asked when a crawl ends: the first after a complete run, the other after any
# other, with the verdict as the body. Empty: nobody is told; without the second, /fail is added to the first.
HEALTHCHECK_URL = ""
HEALTHCHECK_FAIL_URL = ""

# -- Manners -------------------------------------------------------------------------------------------------------

# Who is asking, and whom to tell. Put a URL or a mail address here: -s CONTACT=you@example.org
CONTACT = ""
USER_AGENT = "newsarchive"  # the spiders add version and contact
ROBOTSTXT_OBEY = True  # Scrapy: False
# One request at a time to a host, a second apart (half to one and a half). Scrapy: 8 at once, no delay. The source
# is a small site run by one person. On loopback there is no delay.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Scrapy: 16. Scrapy 2.19 does not keep the limit of a single host where there is no delay (it counts a transfer only
# when its task first runs), so the limit of the whole run keeps it.
CONCURRENT_REQUESTS = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_TIMEOUT = 20  # Scrapy: 180 s; the pages are small, and a run that hangs is a run that misses its slot
# Bytes on the wire. Scrapy: 1 GiB; the largest page seen is below 1 MiB. More than what is ever read
# (`newsarchive.archive.content_encoding.MAX_BODY`), so that an answer that is too large is kept and named.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy: False; an archive of forged pages is none

# After the two retries that are Scrapy's default, RETRY_TIMES:
RETRY_BACKOFF = 1.0  # seconds before the first retry; doubled for every further one
RETRY_AFTER_LONGEST = 120  # a Retry-After beyond this many seconds ends the try; the article stays pending
# Failures in a row after which a service is left alone for the rest of the run; never fewer than RETRY_TIMES + 2, so
# that one article alone cannot do it.
GIVE_UP_AFTER = 6
REDIRECT_MAX_TIMES = 5  # Scrapy: 20; no page of the source redirects more than once
METAREFRESH_ENABLED = False  # Scrapy: True; the mirror's 404 page must stay what it is

# -- What is not used, and would only be in the way ------------------------------------------------------------------

COOKIES_ENABLED = False  # Scrapy: True; no page needs one, and its public-suffix list asks a foreign host
TELNETCONSOLE_ENABLED = False  # Scrapy: True; a cron job needs no door
REMOTE_CONTROL_ENABLED = False  # Scrapy: True; it runs code that is sent to it
MEMUSAGE_ENABLED = False  # Scrapy: True; it mails and stops a run, and a run's memory is small
LOGSTATS_INTERVAL = 0  # extensions/progress.py says it better
DOWNLOADER_STATS = False  # Scrapy: True; counts bytes and statuses that the captures know, at a tenth of a page's cost
STATS_DUMP = False  # runs/*.json keeps what matters
FEED_EXPORT_ENCODING = "utf-8"  # of a feed someone switches on; Scrapy's default is about to change

# -- The engine ----------------------------------------------------------------------------------------------------

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# An article is written before the next response is looked at. Scrapy: 100, which starts 100 tasks a response.
CONCURRENT_ITEMS = 1
# What is lost first is asked for first. Scrapy: LIFO, which turns the order of a full queue round.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
# The ledger is the queue and knows what was asked; a filter of its own would hide a second look.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

# Scrapy's, but it notes an answer's reason phrase and the headers as they stood on the wire, for the captures, and has
# what came of an answer that was cut off kept, be it by the connection or within its content coding.
DOWNLOAD_HANDLERS = {
    "http": "newsarchive.middlewares.cutoff.CutOffDownloadHandler",
    "https": "newsarchive.middlewares.cutoff.CutOffDownloadHandler",
}

# Scrapy: True, which reads and parses the source of a callback at every response: a third of what a page costs.
WARN_ON_GENERATOR_RETURN_VALUE = False
# The spiders see every status, ask for no page deeper than the lists, copy no meta and send no Referer: what Scrapy
# does about these would only cost each response its time.
SPIDER_MIDDLEWARES: dict[str, Any] = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}

# In the order a request passes them. The guard stands last, so that redirects and robots.txt pass it too; the
# capture beside it sees every response before anything else does, still as it was on the wire.
DOWNLOADER_MIDDLEWARES: dict[str, Any] = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # the guard is stricter
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no page needs a password
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # takes half a stream for the whole
    "newsarchive.middlewares.retry.PatientRetryMiddleware": 550,
    "newsarchive.middlewares.content_encoding.ContentEncodingMiddleware": 590,
    "newsarchive.middlewares.redirect.NoRefererRedirectMiddleware": 600,
    "newsarchive.middlewares.giveup.GiveUpMiddleware": 840,  # nearer than retry: it counts every try
    "newsarchive.middlewares.guard.HostGuardMiddleware": 960,
    "newsarchive.middlewares.capture.CaptureMiddleware": 990,
}

# What happens to an article, in order.
ITEM_PIPELINES = {
    "pipelines.dates.DatesPipeline": 100,
    "pipelines.complete.CompletePipeline": 200,  # nothing incomplete passes; asked of the very text the spider judged
    "pipelines.body.BodyPipeline": 300,
    "pipelines.export.ExportPipeline": 900,
}

EXTENSIONS: dict[str, Any] = {
    "scrapy.extensions.feedexport.FeedExporter": None,  # writes in place; a killed run leaves an empty file
    "newsarchive.extensions.alarms.Alarms": 5,
    "scrapy.extensions.remote_control.RemoteControl": None,  # off as above; loading it costs a tenth of the start
    "newsarchive.extensions.verdict.Verdict": 10,
    "newsarchive.extensions.progress.Progress": 20,
}

# -- Logs: readable, and never a body ------------------------------------------------------------------------------

LOG_LEVEL = "INFO"  # Scrapy: DEBUG
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_FORMATTER = "newsarchive.logs.QuietLogFormatter"
PROGRESS = True  # one rewritten line on a terminal, a log line a minute otherwise
