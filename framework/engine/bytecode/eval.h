// The numbers of eight configurations are transposed into rows; those that a full set lacks repeat the last. E is kept in
// four rows, item j in row j mod 4, which hide the latency of the additions.

#define BLOCK 64 // Block of bytecode.go
#define REGISTER_SIZE (8 * BLOCK + 8) // a row more, or every other register would begin at the same place of its page of memory
#define CONSTANT (1 << 30)
#define OWN (1 << 29)

typedef struct {
	long per;
	const double *constants, *x;
	double *slope, *registers, *total;
	const int32_t *code, *tables;
	const double *attributes;
} machine;

INLINE operand operand_of(const machine *m, int32_t o, long from) {
	if (o & CONSTANT) return (operand){m->constants + 8 * (o & ~CONSTANT), 0};
	if (o & OWN) return (operand){m->x + 8 * (from * m->per + (o & ~OWN)), 8 * m->per};
	return (operand){m->registers + REGISTER_SIZE * (long)o, 8};
}

INLINE void load(double *to, const double *x, const int32_t *table, long n) {
	for (long i = 0; i < n; i++)
		EACH_PART put(to + 8 * i + part, get(x + 8 * (long)table[i] + part));
}

#define LOADED(Y) \
	for (long i = 0; i < n; i++, a.at += a.step, to += 8) \
		EACH_PART { \
			lane A = get(a.at + part), B = get(x + 8 * (long)table[i] + part); \
			put(to + part, Y); \
		}

INLINE void with_load(int op, double *to, operand a, const double *x, const int32_t *table, long n) {
	if (op == ADD_LOAD) LOADED(A + B)
	else if (op == SUB_LOAD) LOADED(A - B)
	else LOADED(A * B)
}

INLINE void scatter(double *slope, operand a, lane by, const int32_t *table, long n) {
	for (long i = 0; i < n; i++, a.at += a.step) {
		double *to = slope + 8 * (long)table[i];
		EACH_PART put(to + part, get(to + part) + by * get(a.at + part));
	}
}

INLINE void add_rows(double *to, operand a, lane by, long distance, long n) {
	for (long i = 0; i < n; i++, a.at += a.step, to += distance)
		EACH_PART put(to + part, get(to + part) + by * get(a.at + part));
}

// The sums of E: item j is added to sum j mod 4. Y is what is added of an item k rows on.
#define ADD_TOTAL(Y) \
	for (long part = 0; part < 8; part += LANES) { \
		operand a = A, b = B, c = C; \
		double *sum = total + part; \
		lane s = get(sum), t = get(sum + 8), u = get(sum + 16), v = get(sum + 24); \
		long i = 0; \
		for (; i + 4 <= n; i += 4, a.at += 4 * a.step, b.at += 4 * b.step, c.at += 4 * c.step) { \
			s += Y(0); \
			t += Y(1); \
			u += Y(2); \
			v += Y(3); \
		} \
		if (i < n) s += Y(0); \
		if (i + 1 < n) t += Y(1); \
		if (i + 2 < n) u += Y(2); \
		put(sum, s); \
		put(sum + 8, t); \
		put(sum + 16, u); \
		put(sum + 24, v); \
	}
#define OF_ROW(o, k) get(o.at + k * o.step + part)
#define TERM(k) OF_ROW(a, k)
#define PRODUCT(k) (OF_ROW(a, k) * OF_ROW(b, k) + OF_ROW(c, k))

INLINE void add_total(double *total, operand A, long n) {
	const operand B = A, C = A;
	ADD_TOTAL(TERM)
}

INLINE void add_product(double *total, operand A, operand B, operand C, long n) { ADD_TOTAL(PRODUCT) }

static void block(const machine *m, const int32_t *code, long count, const int32_t *tables, const double *attributes, long items, long from, long n) {
	for (long k = 0; k < count; k++, code += 6) {
		const int op = code[0];
		double *to = m->registers + REGISTER_SIZE * (long)code[1];
		if (op < LOAD) {
			step(op, to, operand_of(m, code[2], from), operand_of(m, code[3], from), operand_of(m, code[4], from), n);
			continue;
		}
		const operand a = operand_of(m, code[2], from);
		const int32_t *table = tables + items * code[5] + from;
		switch (op) {
		case LOAD:
			if (code[5] < 0) {
				for (long i = 0; i < n; i++)
					EACH_PART put(to + 8 * i + part, get(m->x + 8 * ((from + i) * m->per + code[4]) + part));
			} else load(to, m->x + 8 * code[4], table, n);
			break;
		case ADD_LOAD:
		case SUB_LOAD:
		case MUL_LOAD: with_load(op, to, a, m->x + 8 * code[4], table, n); break;
		case ITEM:
			for (long i = 0; i < n; i++)
				EACH_PART put(to + 8 * i + part, all_lanes(attributes[items * code[5] + from + i]));
			break;
		case TOTAL: add_total(m->total, a, n); break;
		case TOTAL_MUL_ADD: add_product(m->total, a, operand_of(m, code[3], from), operand_of(m, code[4], from), n); break;
		case SCATTER:
			if (code[5] < 0) add_rows(m->slope + 8 * (from * m->per + code[4]), a, get(operand_of(m, code[3], from).at), 8 * m->per, n);
			else scatter(m->slope + 8 * code[4], a, get(operand_of(m, code[3], from).at), table, n);
			break;
		}
	}
}

#if LEVEL == 1 // four lanes
#define MIX(a, b, ...) __builtin_shuffle(a, b, (bits){__VA_ARGS__})

// The four rows of four numbers at w, x, y and z, as columns.
INLINE void transpose(double *const *to, long step, const double *w, const double *x, const double *y, const double *z) {
	const lane a = get(w), b = get(x), c = get(y), d = get(z);
	const lane p = MIX(a, b, 0, 4, 2, 6), q = MIX(a, b, 1, 5, 3, 7), r = MIX(c, d, 0, 4, 2, 6), s = MIX(c, d, 1, 5, 3, 7);
	put(to[0] + step, MIX(p, r, 0, 1, 4, 5));
	put(to[1] + step, MIX(q, s, 0, 1, 4, 5));
	put(to[2] + step, MIX(p, r, 2, 3, 6, 7));
	put(to[3] + step, MIX(q, s, 2, 3, 6, 7));
}
#endif

// Rows of the numbers of eight configurations.
INLINE void rows_of(double *to, const double *const *x, long n) {
	long i = 0;
#if LEVEL == 1
	for (int k = 0; k < 8; k += 4) {
		const double *w = x[k], *p = x[k + 1], *q = x[k + 2], *r = x[k + 3];
		double *const four[4] = {to + k, to + k + 8, to + k + 16, to + k + 24};
		for (i = 0; i + 4 <= n; i += 4) transpose(four, 8 * i, w + i, p + i, q + i, r + i);
	}
#endif
	for (; i < n; i++)
		for (int c = 0; c < 8; c++) to[8 * i + c] = x[c][i];
}

// The numbers of the first configurations from their rows.
INLINE void numbers_of(double *const *x, const double *from, long count, long n) {
	long i = 0;
#if LEVEL == 1
	for (int k = 0; k < 8 && count == 8; k += 4) {
		double *const four[4] = {x[k], x[k + 1], x[k + 2], x[k + 3]};
		for (i = 0; i + 4 <= n; i += 4) {
			const double *at = from + 8 * i + k;
			transpose(four, i, at, at + 8, at + 16, at + 24);
		}
	}
#endif
	for (; i < n; i++)
		for (long c = 0; c < count; c++) x[c][i] = from[8 * i + c];
}

KERNEL(bytecode_eval, (e, slope, x, scratch, n, entries, per, offset, constants, registers, sections, count, code, tables, attributes), double *e, double *slope, const double *x, double *scratch, long n, long entries, long per, double offset, const double *constants, long registers,
	const int64_t *sections, long count, const int32_t *code, const int32_t *tables, const double *attributes) {
	const long size = entries * per;
	double *rows = (void *)(((uintptr_t)scratch + 63) & ~(uintptr_t)63), *forces = rows + 8 * size;
	double total[32] __attribute__((aligned(64)));
	machine m = {per, constants, rows, forces, forces + 8 * size, total, code, tables, attributes};
	for (; n > 0; n -= 8, e += 8, x += 8 * size, slope = slope ? slope + 8 * size : 0) {
		const double *from[8];
		double *to[8];
		for (long c = 0; c < 8; c++) from[c] = x + (c < n ? c : n - 1) * size;
		for (long c = 0; c < 8 && slope; c++) to[c] = slope + (c < n ? c : n - 1) * size;
		rows_of(rows, from, size);
		if (slope) memset(forces, 0, 64 * size);
		memset(total, 0, sizeof total);
		for (long s = 0; s < count; s++) {
			const int64_t *own = sections + 5 * s;
			for (long at = 0; at < own[0]; at += BLOCK)
				block(&m, code + own[2], own[1], tables + own[3], attributes + own[4], own[0], at, own[0] - at < BLOCK ? own[0] - at : BLOCK);
		}
		const long some = n < 8 ? n : 8;
		if (slope) numbers_of(to, forces, some, size);
		for (long c = 0; c < some; c++) e[c] = offset + ((total[c] + total[8 + c]) + (total[16 + c] + total[24 + c]));
	}
}
