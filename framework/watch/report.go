package watch

import (
	"encoding/json"
	"html/template"
	"io"
)

// Report writes the page as one file that needs nothing else: it can be sent, opened from a disk
// and printed. Its policy allows the style and the script in it, and no request at all.
func Report(out io.Writer, page Page) error {
	data, err := json.Marshal(page) // with < as \u003c, so that no text of a run ends the element
	if err != nil {
		return err
	}
	return skeleton.Execute(out, skeletonOf{
		Title:  page.Title,
		Policy: "default-src 'none'; img-src data:; style-src " + hash(style) + "; script-src " + hash(script) + "; base-uri 'none'; form-action 'none'",
		Style:  template.CSS(style), Script: template.JS(script), Data: template.JS(data),
	})
}
