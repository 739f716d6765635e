package check

import "time"

var epoch = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
