package core

// EnergyView is an Instance by the typed interfaces of energies, as ModelView is
// by those of models.
type EnergyView struct {
	Instance
	spec EnergySpec
	arguments
}

var (
	_ Energy       = (*EnergyView)(nil)
	_ Exacter      = (*EnergyView)(nil)
	_ EnergySloper = (*EnergyView)(nil)
	_ Linker       = (*EnergyView)(nil)
	_ Given        = (*EnergyView)(nil)
	_ Transformed  = (*EnergyView)(nil)
	_ Labelled     = (*EnergyView)(nil)
)

// ViewEnergy is an energy of this spec by its typed interfaces.
func ViewEnergy(i Instance, spec EnergySpec) *EnergyView { return &EnergyView{Instance: i, spec: spec} }

// Spec implements Energy.
func (v *EnergyView) Spec() EnergySpec { return v.spec }

// Eval implements Energy.
func (v *EnergyView) Eval(dst []float64, b *Batch) error {
	c := v.about(b)
	E.Put(c.Out, dst)
	return v.Call(RowEval, c)
}

// Slope implements EnergySloper.
func (v *EnergyView) Slope(slope, e []float64, b *Batch) error {
	c := v.about(b)
	Slope.Put(c.Out, slope)
	E.Put(c.Out, e)
	return v.Call(RowSlope, c)
}

// Links implements Linker.
func (v *EnergyView) Links(count []int32, b *Batch) (y []float64, h []complex128, err error) {
	c := v.about(b)
	Links.Put(c.Out, count)
	err = v.Call(RowLinks, c)
	return linkX.Of(c.Out), linkElement.Of(c.Out), err
}

// Rows implements Given.
func (v *EnergyView) Rows(x []float64, number []int32) error {
	c := v.of(len(number))
	RowNumber.Put(c.In, number)
	X.Put(c.Out, x)
	return v.Call(RowRows, c)
}

// DataLogDet implements Transformed.
func (v *EnergyView) DataLogDet(dst []float64, number []int32) error {
	c := v.of(len(number))
	RowNumber.Put(c.In, number)
	DataLogDet.Put(c.Out, dst)
	return v.Call(RowDataLogDet, c)
}

// Labels implements Labelled.
func (v *EnergyView) Labels(dst, number []int32) error {
	c := v.of(len(number))
	RowNumber.Put(c.In, number)
	Label.Put(c.Out, dst)
	return v.Call(RowLabels, c)
}

// Restore implements Transformed.
func (v *EnergyView) Restore(x, y []float64) error {
	c := v.of(len(y) / v.spec.Space.Size())
	X.Put(c.In, y)
	Data.Put(c.Out, x)
	return v.Call(RowRestore, c)
}
