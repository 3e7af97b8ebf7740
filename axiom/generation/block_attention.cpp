// Attention of each row over its prompt and the blocks that are its own, on the CPU: axiom/generation/block_attention.py
// loads this.
//
// One pass over keys and values, read where they lie, in the running-maximum form of FlashAttention (arXiv 2205.14135).
// Neither scores nor converted keys are ever written to memory, so a step costs about the reading of the rows' own
// blocks, and of prompts that stay in the processor's cache from one row of a group to the next.
//
// Notation: A rows, G groups, P prompt tokens, K key-value heads, R query heads of each, D head width, N blocks of C
// columns.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

constexpr int kMaxRepeat = 16;
constexpr int kMaxWidth = 256;
constexpr int kColumns = 32;
constexpr float kLog2E = 1.44269504f;
constexpr float kNothing = -1e30f;  // the highest score where none was seen yet

struct BFloat16 {
    uint16_t bits;
};

inline float widened(float x) { return x; }

inline float widened(BFloat16 x) {
    const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
    float out;
    std::memcpy(&out, &bits, sizeof out);
    return out;
}

inline void narrow(float x, float& out) { out = x; }

// Round to nearest, ties to even, as PyTorch does; attention averages are finite.
inline void narrow(float x, BFloat16& out) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    out.bits = static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

// 2^x for x <= 0 in a form that compilers vectorise, by the polynomial of Cephes' exp2f; 0 below 2^-126.
inline float exp2_negative(float x) {
    const float clamped = std::max(x, -126.0f);
    const float whole = std::floor(clamped + 0.5f);
    const float f = clamped - whole;
    float p = 1.535336188e-4f;
    p = p * f + 1.339887440e-3f;
    p = p * f + 9.618437357e-3f;
    p = p * f + 5.550332548e-2f;
    p = p * f + 2.402264791e-1f;
    p = p * f + 6.931472028e-1f;
    p = p * f + 1.0f;
    const int32_t bits = (static_cast<int32_t>(whole) + 127) << 23;
    float power;
    std::memcpy(&power, &bits, sizeof power);
    return x < -126.0f ? 0.0f : p * power;
}

// One row as floats, while what is read later is asked for: blocks lie apart, and the processor does not look ahead
// from one to another.
template <typename T>
inline void widen(const T* row, const T* later, int width, float* wide) {
    const char* bytes = reinterpret_cast<const char*>(later);
    for (int64_t at = 0; at < static_cast<int64_t>(width * sizeof(T)); at += 64) __builtin_prefetch(bytes + at);
#pragma omp simd
    for (int d = 0; d < width; ++d) wide[d] = widened(row[d]);
}

struct Running {
    float highest[kMaxRepeat];
    float total[kMaxRepeat];
    alignas(64) float sum[kMaxRepeat][kMaxWidth];
};

// Scores of the block's columns [first, last), in units of log 2.
template <typename T, int D, int R>
void score(const T* key, const T* later, int width, const float (*query)[kMaxWidth], int repeat, int first, int last,
           float softcap, float (*scores)[kColumns]) {
    const int d_count = D ? D : width, r_count = R ? R : repeat;
    for (int c = first; c < last; ++c) {
        alignas(64) float wide[D ? D : kMaxWidth];
        const int64_t start = static_cast<int64_t>(c) * d_count;
        widen(key + start, later + start, d_count, wide);
        for (int r = 0; r < r_count; ++r) {
            float dot = 0.0f;
#pragma omp simd reduction(+ : dot)
            for (int d = 0; d < d_count; ++d) dot += wide[d] * query[r][d];
            scores[r][c] = dot * kLog2E;
        }
    }
    if (softcap == 0.0f) return;
    const float limit = softcap * kLog2E;
    for (int r = 0; r < r_count; ++r)
        for (int c = first; c < last; ++c) scores[r][c] = limit * std::tanh(scores[r][c] / limit);
}

template <typename T, int D, int R>
void add(const T* value, const T* later, int width, const float (*scores)[kColumns], int repeat, int first, int last,
         Running& run) {
    const int d_count = D ? D : width, r_count = R ? R : repeat;
    alignas(64) float weights[kMaxRepeat][kColumns];
    for (int r = 0; r < r_count; ++r) {
        float highest = run.highest[r];
        for (int c = first; c < last; ++c) highest = std::max(highest, scores[r][c]);
        const float old = exp2_negative(run.highest[r] - highest);
        float total = run.total[r] * old;
#pragma omp simd reduction(+ : total)
        for (int c = first; c < last; ++c) {
            weights[r][c] = exp2_negative(scores[r][c] - highest);
            total += weights[r][c];
        }
        run.highest[r] = highest;
        run.total[r] = total;
#pragma omp simd
        for (int d = 0; d < d_count; ++d) run.sum[r][d] *= old;
    }
    for (int c = first; c < last; ++c) {
        alignas(64) float wide[D ? D : kMaxWidth];
        const int64_t start = static_cast<int64_t>(c) * d_count;
        widen(value + start, later + start, d_count, wide);
        for (int r = 0; r < r_count; ++r) {
            const float weight = weights[r][c];
#pragma omp simd
            for (int d = 0; d < d_count; ++d) run.sum[r][d] += weight * wide[d];
        }
    }
}

}  // namespace

extern "C" {

// What one layer of one step is given; block_attention.py holds the same structure.
struct Arguments {
    void* out;               // (A, K, R, D)
    const void* query;       // (A, K, R, D)
    const void* new_key;     // (A, K, D), stored in the row's last block first
    const void* new_value;   // (A, K, D)
    void* keys;              // (N, K, C, D)
    void* values;            // (N, K, C, D)
    const void* prompt_keys;    // (G, K, P, D)
    const void* prompt_values;  // (G, K, P, D)
    const float* sink;       // (K, R) or null
    const int32_t* groups;   // (A,) the row's group
    const int32_t* lengths;  // (A,) tokens of its prompt
    const int32_t* prompt_first;  // (A,) the first of them that it sees
    const int32_t* counts;   // (A,) the row's own columns, the new one among them
    const int32_t* first;    // (A,) the first of them that it sees
    const int32_t* offsets;  // (A + 1,) where the row's blocks begin in `blocks`
    const int32_t* blocks;   // their numbers
    int64_t rows, kv_heads, repeat, width, prompt_columns;
    float scaling, softcap;
    int64_t threads;
};

}  // extern "C"

namespace {

template <typename T, int D, int R>
void attend_row(const Arguments& a, int64_t row, int64_t head) {
    const int width = static_cast<int>(a.width), repeat = static_cast<int>(a.repeat);
    const int d_count = D ? D : width;
    const int64_t kv_heads = a.kv_heads, block_size = static_cast<int64_t>(kColumns) * d_count;
    const int32_t* blocks = a.blocks + a.offsets[row];
    const int count = a.counts[row], newest = count - 1;
    T* keys = static_cast<T*>(a.keys);
    T* values = static_cast<T*>(a.values);

    const int64_t source = (row * kv_heads + head) * d_count;
    const int64_t place = (blocks[newest / kColumns] * kv_heads + head) * block_size + (newest % kColumns) * d_count;
    std::memcpy(keys + place, static_cast<const T*>(a.new_key) + source, d_count * sizeof(T));
    std::memcpy(values + place, static_cast<const T*>(a.new_value) + source, d_count * sizeof(T));

    alignas(64) float query[kMaxRepeat][kMaxWidth];
    alignas(64) float scores[kMaxRepeat][kColumns];
    Running run;
    const int64_t first_query = (row * kv_heads + head) * repeat;
    for (int r = 0; r < repeat; ++r) {
        const T* asked = static_cast<const T*>(a.query) + (first_query + r) * d_count;
        run.highest[r] = kNothing;
        run.total[r] = 0.0f;
#pragma omp simd
        for (int d = 0; d < d_count; ++d) {
            query[r][d] = widened(asked[d]) * a.scaling;
            run.sum[r][d] = 0.0f;
        }
    }
    const int64_t of_prompt = (a.groups[row] * kv_heads + head) * a.prompt_columns * d_count;
    const T* prompt_keys = static_cast<const T*>(a.prompt_keys) + of_prompt;
    const T* prompt_values = static_cast<const T*>(a.prompt_values) + of_prompt;
    for (int column = a.prompt_first[row]; column < a.lengths[row]; column += kColumns) {
        const int64_t start = static_cast<int64_t>(column) * d_count;
        const int last = std::min(a.lengths[row] - column, kColumns);
        const int64_t next = column + kColumns < a.lengths[row] ? start + block_size : start;
        score<T, D, R>(prompt_keys + start, prompt_values + start, width, query, repeat, 0, last, a.softcap, scores);
        add<T, D, R>(prompt_values + start, prompt_keys + next, width, scores, repeat, 0, last, run);
    }
    for (int number = a.first[row] / kColumns; number * kColumns < count; ++number) {
        const int64_t start = (blocks[number] * kv_heads + head) * block_size;
        const int first = std::max(a.first[row] - number * kColumns, 0);
        const int last = std::min(count - number * kColumns, kColumns);
        const bool is_last = (number + 1) * kColumns >= count;
        const int64_t next = is_last ? start : (blocks[number + 1] * kv_heads + head) * block_size;
        score<T, D, R>(keys + start, values + start, width, query, repeat, first, last, a.softcap, scores);
        add<T, D, R>(values + start, keys + next, width, scores, repeat, first, last, run);
    }
    for (int r = 0; r < repeat; ++r) {
        T* out = static_cast<T*>(a.out) + (first_query + r) * d_count;
        float total = run.total[r];
        if (a.sink != nullptr) total += std::exp2(a.sink[head * repeat + r] * kLog2E - run.highest[r]);
        const float share = 1.0f / total;
        for (int d = 0; d < d_count; ++d) narrow(run.sum[r][d] * share, out[d]);
    }
}

template <typename T, int D, int R>
void attend_all(const Arguments& a) {
    const int64_t tasks = a.rows * a.kv_heads;
#pragma omp parallel for schedule(dynamic, 4) num_threads(a.threads)
    for (int64_t task = 0; task < tasks; ++task) attend_row<T, D, R>(a, task / a.kv_heads, task % a.kv_heads);
}

template <typename T, int D>
void attend_with(const Arguments& a) {
    switch (a.repeat) {
        case 1: return attend_all<T, D, 1>(a);
        case 2: return attend_all<T, D, 2>(a);
        case 3: return attend_all<T, D, 3>(a);
        case 4: return attend_all<T, D, 4>(a);
        default: return attend_all<T, D, 0>(a);
    }
}

template <typename T>
void attend(const Arguments& a) {
    switch (a.width) {
        case 64: return attend_with<T, 64>(a);
        case 128: return attend_with<T, 128>(a);
        default: return attend_with<T, 0>(a);
    }
}

}  // namespace

extern "C" {

void axiom_block_attention_float32(const Arguments* arguments) { attend<float>(*arguments); }

void axiom_block_attention_bfloat16(const Arguments* arguments) { attend<BFloat16>(*arguments); }

}  // extern "C"
