// Package browser opens the pages that ftsim writes and serves in a real browser, in tests. They need
// Chromium, so they are behind a build tag: go test -tags browser ./internal/browser
package browser
