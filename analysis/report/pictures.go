package report

// pictures lists the charts of a document.
func pictures(*Document) []File { return nil }
