// Kernels of package tensor; meanings and shapes are given in kernels.go.
void hh_prelu(double *y, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_prelu_backward(double *dx, const double *dy, const double *x, long rows, long cols, long ld, const double *slope, long nslope);
void hh_prelu_slope(double *dslope, long nslope, const double *dy, const double *x, long rows, long cols, long ld);
void hh_add_row_sums(double *dst, long ndst, const double *y, long rows, long cols, long ld);
void hh_axpy(double alpha, const double *x, double *y, long n);
void hh_add(double *dst, const double *a, const double *b, long n);
void hh_sigmoid(double *p, const double *a, long n);
void hh_log_sigmoid(double *lp, const double *a, const double *s, long rows, long n);
void hh_log_sigmoid_backward(double *da, const double *a, const double *s, const double *w, long rows, long n);
void hh_mul_add(long m, long n, long k, const double *w, long wi, long wk, const double *x, long ldx, double *y, long ldy);
void hh_fill_rows(double *y, long rows, long cols, long ld, const double *v, long nv);
void hh_transpose(double *y, long ldy, const double *x, long rows, long cols, long ldx);
