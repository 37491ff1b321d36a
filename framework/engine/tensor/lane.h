// Numbers of eight configurations stand side by side, and sums are kept as eight partial
// sums. A kernel computes as many of the eight at a time as one register holds, part after
// part: what is wider than a register the compiler carries through memory in pieces, four
// times as slow.
#define REGISTER (LEVEL == 2 ? 64 : LEVEL == 1 ? 32 : 16)
#define LANES (REGISTER / (long)sizeof(REAL) < 8 ? REGISTER / (long)sizeof(REAL) : 8)
#define PARTS (8 / LANES)
typedef REAL lane __attribute__((vector_size(LANES * sizeof(REAL)), aligned(sizeof(REAL))));
