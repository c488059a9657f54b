"""Project commands, found by Scrapy through COMMANDS_MODULE."""
