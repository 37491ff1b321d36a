// Package plan turns a run file into a checked [Plan], so that every mistake a
// user can make is reported before anything is started, drawn or written.
//
// The life of a run file:
//
//	Read    TOML syntax, --set overrides, the line of every key
//	Check   every table and key against its schema, the parts' manifests
//	        included; defaults filled in, file names resolved
//	Bind    what only the bound energy knows: beta of a temperature in units of T_F
//	Fit     what the bound parts say of themselves: needs meet capabilities
//
// Read needs only the file, Check only manifests, Bind and Fit only specs: nothing here
// starts a plugin. Problems are collected, each with its line and what was
// probably meant, and returned together as one [core.Error].
//
// The structs of this package are the schema: their key tags name the keys,
// their help tags are the reference that [Reference] prints.
package plan
