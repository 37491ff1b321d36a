// One instruction on the rows of a block of items. An operand is a pointer with the distance from one row to the next,
// 0 of a constant; a destination has rows one after the other.

typedef struct {
	const double *at;
	long step;
} operand;

INLINE lane get(const double *x) { return *(const lane *)x; }

INLINE void put(double *x, lane y) { *(lane *)x = y; }

#define EACH_PART for (long part = 0; part < 8; part += LANES)

#define ROWS(...) \
	for (long i = 0; i < n; i++, to += 8, a.at += a.step, b.at += b.step, c.at += c.step) \
		EACH_PART { \
			__VA_ARGS__ \
		}
#define GET_A lane A = get(a.at + part);
#define GET_AB GET_A lane B = get(b.at + part);
#define GET_ABC GET_AB lane C = get(c.at + part);
#define PUT(y) put(to + part, y);

// The operations in the order of bytecode.go.
enum { ADD, SUB, MUL, DIV, MUL_ADD, MUL_SUB, SUB_MUL, MIN, MAX, LESS, AT_MOST, EQUAL, SELECT, IMAGE, INSIDE, NEG, ABSOLUTE, ROOT, EXP, LOG, SIN, COS, TANH, POW, LOAD, ADD_LOAD, SUB_LOAD, MUL_LOAD, ITEM, TOTAL, TOTAL_MUL_ADD, SCATTER };

// The usual operations, with operands that are rows (1) or constants (0), which are loaded once. Loads are what they cost.
INLINE lane usual(const int op, lane A, lane B, lane C) {
	switch (op) {
	case ADD: return A + B;
	case SUB: return A - B;
	case MUL: return A * B;
	case MUL_ADD: return A * B + C;
	case MUL_SUB: return A * B - C;
	default: return C - A * B; // SUB_MUL
	}
}

INLINE void rows_by(const int op, const int row_a, const int row_b, const int row_c, double *to, operand a, operand b, operand c, long n) {
	lane A[PARTS], B[PARTS], C[PARTS];
	for (int k = 0; k < PARTS; k++) A[k] = get(a.at + LANES * k), B[k] = get(b.at + LANES * k), C[k] = get(c.at + LANES * k);
	for (long i = 0; i < 8 * n; i += 8)
		for (int k = 0; k < PARTS; k++) {
			const long j = i + LANES * k;
			put(to + j, usual(op, row_a ? get(a.at + j) : A[k], row_b ? get(b.at + j) : B[k], row_c ? get(c.at + j) : C[k]));
		}
}

#define STEP_2(op) \
	case op: \
		if (a.step == 8 && b.step == 8) rows_by(op, 1, 1, 0, to, a, b, c, n); \
		else if (a.step == 0 && b.step == 8) rows_by(op, 0, 1, 0, to, a, b, c, n); \
		else if (a.step == 8 && b.step == 0) rows_by(op, 1, 0, 0, to, a, b, c, n); \
		else ROWS(GET_AB PUT(usual(op, A, B, A))) \
		break;

#define STEP_3(op) \
	case op: \
		if (a.step == 8 && b.step == 8 && c.step == 8) rows_by(op, 1, 1, 1, to, a, b, c, n); \
		else if (a.step == 0 && b.step == 8 && c.step == 8) rows_by(op, 0, 1, 1, to, a, b, c, n); \
		else if (a.step == 0 && b.step == 8 && c.step == 0) rows_by(op, 0, 1, 0, to, a, b, c, n); \
		else ROWS(GET_ABC PUT(usual(op, A, B, C))) \
		break;

INLINE void step(int op, double *to, operand a, operand b, operand c, long n) {
	switch (op) {
	STEP_2(ADD)
	STEP_2(SUB)
	STEP_2(MUL)
	STEP_3(MUL_ADD)
	STEP_3(MUL_SUB)
	STEP_3(SUB_MUL)
	case DIV: ROWS(GET_AB PUT(A / B)) break;
	case MIN: ROWS(GET_AB PUT(select_lane((bits)(A < B) | (bits)(A != A), A, B))) break;
	case MAX: ROWS(GET_AB PUT(select_lane((bits)(A > B) | (bits)(A != A), A, B))) break;
	case LESS: ROWS(GET_AB PUT(truth((bits)(A < B)))) break;
	case AT_MOST: ROWS(GET_AB PUT(truth((bits)(A <= B)))) break;
	case EQUAL: ROWS(GET_AB PUT(truth((bits)(A == B)))) break;
	case SELECT: ROWS(GET_ABC PUT(select_lane((bits)(A != 0.0), B, C))) break;
	case IMAGE: ROWS(GET_ABC PUT(A - B * nearest(A * C))) break;
	case INSIDE: ROWS(GET_ABC PUT(A - B * below(A * C))) break;
	case NEG: ROWS(GET_A PUT(-A)) break;
	case ABSOLUTE: ROWS(GET_A PUT((lane)((bits)A & 0x7fffffffffffffffLL))) break;
	case ROOT: ROWS(GET_A PUT(EACH_LANE(__builtin_sqrt, A))) break;
	case EXP: ROWS(GET_A PUT(exp_lane(A))) break;
	case LOG: ROWS(GET_A PUT(log_lane(A))) break;
	case SIN: ROWS(GET_A PUT(sine_lane(A, 0))) break;
	case COS: ROWS(GET_A PUT(sine_lane(A, 1))) break;
	case TANH: ROWS(GET_A PUT(tanh_lane(A))) break;
	case POW: ROWS(GET_AB lane y; for (int l = 0; l < LANES; l++) y[l] = pow(A[l], B[l]); PUT(y)) break;
	}
}
