package batch

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a duration as Go writes it, "1h30m", or as batch systems do: "DAYS-HOURS",
// "DAYS-HOURS:MINUTES[:SECONDS]", "HOURS:MINUTES:SECONDS" or "MINUTES:SECONDS". A number alone is
// refused, since it is minutes in Slurm and seconds in PBS.
func ParseTime(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil && strings.ContainsAny(text, "-:") {
		d, err = parseClock(text)
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf(`must be a time like 90m, 4h30m, 04:30:00 or 1-12:00:00, got %q`, text)
	case d <= 0:
		return 0, fmt.Errorf("must be more than no time, got %q", text)
	}
	return d, nil
}

// parseClock reads a time with colons, or with days before a dash.
func parseClock(text string) (time.Duration, error) {
	days, clock, dashed := strings.Cut(text, "-")
	parts := strings.Split(clock, ":")
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	var total time.Duration
	if dashed {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, err
		}
		total = time.Duration(n) * 24 * time.Hour
	} else {
		clock, parts = text, strings.Split(text, ":")
		units = units[max(0, len(units)-len(parts)):]
	}
	if len(parts) > len(units) {
		return 0, fmt.Errorf("too many parts")
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return 0, err
		}
		total += time.Duration(n) * units[i]
	}
	return total, nil
}

// Clock writes a time as Slurm and PBS read it, "HOURS:MINUTES:SECONDS", rounded up to seconds.
func Clock(d time.Duration) string {
	s := int64((d + time.Second - 1) / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}
