package topology

import _ "embed" // for the schema

//go:embed schema.json
var schemaText []byte

// Schema is the JSON Schema (draft-07) of topology files, for editors. It is found out from the decoder, by a test
// that also holds it to every file that there is.
func Schema() []byte { return schemaText }
