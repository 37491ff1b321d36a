// Package readout is how people read results: scalar observables as rows with value, error, exact value and deviation, and
// cautions by their cause. Tables, JSON and the page that shows runs are made of it.
package readout
