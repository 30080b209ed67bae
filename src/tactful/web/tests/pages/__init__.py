"""One plausible day at Fjordkontoret Regnskap, page by page, as the mocks tell it."""
