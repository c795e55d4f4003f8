# The usual errands. Everything a change must pass is in .ci/run.

.PHONY: test validate

test:
	go test ./...

# Systems with known answers. FILE=cases.json runs a library of your own; see docs/validation.md.
validate:
	go run ./internal/validate $(FILE)
