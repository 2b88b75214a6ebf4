// Layers of a network in the channel-blocked layout.
//
// A feature map is a table of rows. A row holds its channels in blocks of `lanes` of the instruction set, one block of
// the whole row after the other, `block_stride` floats apart; in a block lie the row's pixels, each with its `lanes`
// channels side by side. Lanes behind the last channel hold nothing of use. Left and right of a row's pixels lie as
// many pixels of zeros as a reader's window reaches over the edge, and a reader's table names a row of zeros for each
// row above the first and below the last: no kernel but pooling asks whether a place is inside.
#ifndef CKERNELS_BLOCKED_H
#define CKERNELS_BLOCKED_H

#include <stddef.h>
#include <stdint.h>

// The largest tile side of Winograd's method: 4 × 4 output pixels come from 6 × 6 input pixels.
enum { CKERNELS_WINOGRAD_OUTPUT = 4, CKERNELS_WINOGRAD_INPUT = 6, CKERNELS_WINOGRAD_POSITIONS = 36 };

// A convolution with what follows it: y = clamp(bias + Σ weight · x + residual).
//
// Each output element is one chain of multiply-adds that starts from its bias, over the window's rows, blocks of input
// channels, columns and channels in this order, whatever the tiles are.
typedef struct {
  // Input: floats between blocks; channels of a whole block and of the last one; how many blocks.
  ptrdiff_t input_block_stride, block_channels, last_channels, input_blocks;
  // Floats from a row's pixel 0 to the window's first column at output pixel 0, between neighbouring output pixels'
  // places in an input row, and between neighbouring window columns.
  ptrdiff_t input_offset, pixel_stride, column_stride;
  // Window; rows of the table between neighbouring window rows and between output rows.
  ptrdiff_t kernel_height, kernel_width, row_step, row_stride;
  // The output pixels first_column ..< first_column + output_width are computed.
  ptrdiff_t first_column;
  // Output and residual; output pixels lie output_pixel_stride floats apart in both, and the output's first block
  // output_offset floats behind the place that its table names.
  ptrdiff_t output_offset, output_width, output_blocks, output_pixel_stride, output_block_stride, residual_block_stride;
  // [group of `group_blocks` output blocks][window row][input block][window column][channel][group_blocks · lanes];
  // the last group may have fewer blocks.
  const float *weights;
  // Not 0 where the weights come from memory rather than from a near cache, and so are fetched ahead of their use.
  int streams_weights;
  // output_blocks · lanes values.
  const float *bias;
  // −∞ and ∞ where nothing is clamped. NaN stays NaN.
  float low, high;
} ckernels_blocked_convolution;

// A depthwise convolution, or a window's share of one block of channels: y = clamp(bias + Σ weight · x).
typedef struct {
  ptrdiff_t blocks, input_block_stride, output_block_stride;
  // In floats, as above.
  ptrdiff_t input_offset;
  // In pixels.
  ptrdiff_t stride_x, dilation_x;
  ptrdiff_t kernel_height, kernel_width, row_step, row_stride;
  // The output pixels first_column ..< first_column + output_width are computed.
  ptrdiff_t first_column, output_width;
  // [block][window row][window column][lanes].
  const float *weights;
  const float *bias;
  float low, high;
} ckernels_blocked_depthwise;

// Pooling of rows. `pad_left` pixels of each window row may lie left of the input; those outside are left out.
typedef struct {
  ptrdiff_t blocks, input_block_stride, output_block_stride;
  // The output pixels first_column ..< end_column are computed.
  ptrdiff_t first_column, end_column;
  ptrdiff_t row_step, input_width, kernel_width, stride_x, dilation_x, pad_left;
} ckernels_blocked_pooling;

// Functions of one element v.
enum {
  // v where v ≥ 0, else slope · v.
  CKERNELS_SLOPE,
  // alpha · v + beta, limited to 0 … 1.
  CKERNELS_RAMP,
  // 1 / (1 + e^(alpha · v)).
  CKERNELS_LOGISTIC
};

// y = function(x), or x · function(x) where it gates; CKERNELS_SLOPE does not.
typedef struct {
  int function, gates;
  float alpha, beta;
  // blocks · lanes finite values.
  const float *slopes;
} ckernels_activation;

// y = x / (bias + scale · Σ x²)^¾, the sum being over the channels from `below` before to `above` behind the channel.
typedef struct {
  ptrdiff_t channels, blocks, below, above;
  float scale, bias;
} ckernels_local_response;

// The places of a row of tiles in transformed matrices of [block][place][lanes] with `capacity` places to a block: the
// matrices lie from float `start` on, `position_stride` floats apart.
typedef struct {
  ptrdiff_t start, position_stride, capacity;
  // Where those of the tiles of whole width begin, and that of a narrower one.
  ptrdiff_t first, last;
} ckernels_winograd_places;

// A row of tiles of Winograd's F(4×4, 3×3): see Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
// arXiv 1509.09308. Transformed tiles are 6 × 6 matrices with a place for each tile. A tile of fewer than 4 × 4 output
// pixels is in fewer of them: where it has n rows or columns, in those of the first n + 1 and of the last of 6 rows or
// columns of matrices.
//
// With stride 2, windows are split into their outer taps and their middle one, of both directions. The outer taps make a
// convolution of stride 1 with two taps, by F(4, 2), whose 5 elements are the first 5 of 6; the middle tap, the last,
// takes pixels as they are. So the 5 × 5 first matrices have a place for each tile, the last column of them one for each
// pixel of a tile's width (`pixels`), and the last row one for each of its lines (`lines`). The last matrix of all is
// multiplied to the input's pixels where they lie.
typedef struct {
  ptrdiff_t blocks, block_stride;
  // The tiles' output rows, 1 ... 4; how many are four pixels wide; the width of one more behind them, 1 ... 3, or 0
  // where there is none.
  ptrdiff_t height, count, last_width;
  // Floats from a row's pixel 0 to the first tile's: of the input with its margin, and of output and residual.
  ptrdiff_t offset;
  ckernels_winograd_places tiles;
  // With stride 2 alone. The pixels of all tiles follow each other; the first line's places of all tiles of whole width
  // follow each other, then come the second line's.
  ckernels_winograd_places pixels, lines;
} ckernels_winograd_tiles;

// A row of y = clamp(bias + Σ coefficient · basis), where neighbouring nodes of a coarse grid have a share in each pixel:
// node_counts[x] columns of them from first_nodes[x] on, in each of node_rows rows.
typedef struct {
  ptrdiff_t blocks, output_block_stride;
  // The output pixels first_column ..< end_column are computed; first_node is the place of the first one's basis.
  ptrdiff_t first_column, end_column, first_node;
  ptrdiff_t node_rows, coefficient_stride;
  const ptrdiff_t *first_nodes, *node_counts;
  // [block][pixel, row of nodes, node][lanes].
  const float *basis;
  ptrdiff_t basis_block_stride;
  const float *bias;
  float low, high;
} ckernels_basis_row;

typedef struct {
  // The channels of a block, and how many blocks share a group of weights.
  ptrdiff_t lanes, group_blocks;

  // Output rows 0 ..< rows of the groups first_group ..< end_group. The input table's first row is the first window
  // row's of output row 0; each entry of a table is the place of pixel 0 of block 0. `residuals` may be null.
  void (*convolve)(const ckernels_blocked_convolution *convolution, const float *const *input,
                   const float *const *residuals, float *const *output, ptrdiff_t rows, ptrdiff_t first_group,
                   ptrdiff_t end_group);

  // The same for windows of one pixel that lie inside, where most of the input is zero: what would be multiplied with
  // zeros is left out. Sums are those of `convolve` where weights are finite; the sign of a zero may differ.
  //
  // `pack_sparse` packs output rows 0 ..< rows of an input into `packed`, which has room for
  // rows · ⌈output_width / sparse_pixels⌉ · (channels + 1) · (sparse_pixels + 1) floats, and gives how many are used.
  // `convolve_sparse` computes the blocks first_block ..< end_block, which are of one group or of two neighbouring whole
  // ones; meanwhile it fetches `ahead_lines` lines of 64 bytes from `ahead` on into the second-level cache.
  ptrdiff_t sparse_pixels;
  ptrdiff_t (*pack_sparse)(const ckernels_blocked_convolution *convolution, const float *const *input, ptrdiff_t rows,
                           float *packed);
  void (*convolve_sparse)(const ckernels_blocked_convolution *convolution, const float *packed,
                          const float *const *residuals, float *const *output, ptrdiff_t rows, ptrdiff_t first_block,
                          ptrdiff_t end_block, uintptr_t ahead, ptrdiff_t ahead_lines);

  // One output row of each of some images, from each image's coefficients of the first row of nodes on.
  void (*basis_row)(const ckernels_basis_row *row, const float *const *coefficients, float *const *output,
                    ptrdiff_t images);

  // Output rows 0 ..< rows of the blocks first_block ..< end_block.
  void (*depthwise)(const ckernels_blocked_depthwise *convolution, const float *const *input, float *const *output,
                    ptrdiff_t rows, ptrdiff_t first_block, ptrdiff_t end_block);

  // One output row from `rows` input rows that are inside of the input, each of them `row_step` rows of the table behind
  // the other.
  void (*max_pool)(const ckernels_blocked_pooling *pooling, const float *const *input, ptrdiff_t rows, float *output);
  // Sums, multiplied with row_factor · column_factors[x].
  void (*average_pool)(const ckernels_blocked_pooling *pooling, const float *const *input, ptrdiff_t rows,
                       float row_factor, const float *column_factors, float *output);

  // Adds a row of windows' gradients to the first largest element of each, a NaN being larger than all others. `rows`
  // rows of the input and of its gradient are inside; NULL stands for a row of the gradient that is not to be written.
  void (*max_pool_gradient)(const ckernels_blocked_pooling *pooling, const float *const *input, ptrdiff_t rows,
                            const float *windows, float *const *gradient, ptrdiff_t gradient_block_stride);

  // Adds the sum of each channel of a row of `width` pixels to `sums`, [block][lanes].
  void (*add_row_sums)(const float *row, ptrdiff_t blocks, ptrdiff_t block_stride, ptrdiff_t width, float *sums);

  // Transforms the height + 2 rows of `input`, from `offset` floats behind pixel 0 on.
  void (*winograd_input)(const ckernels_winograd_tiles *tiles, const float *const *input, float *transformed);
  // Transforms tiles back: y = clamp(bias + tile + residual) for the blocks first_block ..< end_block.
  void (*winograd_output)(const ckernels_winograd_tiles *tiles, const float *transformed, const float *bias, float low,
                          float high, const float *const *residuals, ptrdiff_t residual_block_stride,
                          float *const *output, ptrdiff_t first_block, ptrdiff_t end_block);
  // The same with stride 2: 2 · height + 1 rows of input; the output, which holds the bias and the product by the last
  // matrix, becomes clamp(output + tile + residual).
  void (*winograd_strided_input)(const ckernels_winograd_tiles *tiles, const float *const *input, float *transformed);
  void (*winograd_strided_output)(const ckernels_winograd_tiles *tiles, const float *transformed, float low, float high,
                                  const float *const *residuals, ptrdiff_t residual_block_stride,
                                  float *const *output, ptrdiff_t first_block, ptrdiff_t end_block);
  // Transforms the filters of `blocks` output blocks, [channel][9][blocks · lanes], into those 6 of the 36 matrices that
  // are of one row: `position_stride` floats apart, of [channel][blocks · lanes]. `stride` is 1 or 2.
  void (*winograd_weights)(const float *filters, ptrdiff_t channels, ptrdiff_t blocks, int stride, int row,
                           float *transformed, ptrdiff_t position_stride);

  // A row-major plane's row of `width` pixels to and from the channels of one block; `channels` of them exist, each
  // `channel_stride` floats behind the other.
  void (*interleave)(const float *planes, ptrdiff_t channel_stride, ptrdiff_t channels, ptrdiff_t width, float *block);
  void (*deinterleave)(const float *block, ptrdiff_t channels, ptrdiff_t width, float *planes,
                       ptrdiff_t channel_stride);

  // y = clamp(scale · x + shift) for each channel of a row, and y = clamp(a + b). The output may be an input.
  void (*scale_shift)(const float *x, ptrdiff_t blocks, ptrdiff_t x_block_stride, ptrdiff_t width, const float *scale,
                      const float *shift, float low, float high, float *y, ptrdiff_t y_block_stride);
  void (*add)(const float *a, ptrdiff_t a_block_stride, const float *b, ptrdiff_t b_block_stride, ptrdiff_t blocks,
              ptrdiff_t width, float low, float high, float *y, ptrdiff_t y_block_stride);
  void (*copy)(const float *x, ptrdiff_t x_block_stride, ptrdiff_t blocks, ptrdiff_t width, float *y,
               ptrdiff_t y_block_stride);
  // y = a · b; the pixels of b lie b_pixel_stride floats apart, 0 where one pixel stands for all. The output may be a.
  void (*multiply)(const float *a, ptrdiff_t a_block_stride, const float *b, ptrdiff_t b_block_stride,
                   ptrdiff_t b_pixel_stride, ptrdiff_t blocks, ptrdiff_t width, float *y, ptrdiff_t y_block_stride);
  // x = g where low < y < high, else 0: the gradient of a clamping whose result is y. The output may be g.
  void (*gate)(const float *g, ptrdiff_t g_block_stride, const float *y, ptrdiff_t y_block_stride, ptrdiff_t blocks,
               ptrdiff_t width, float low, float high, float *x, ptrdiff_t x_block_stride);
  // A row's blocks first_block ..< end_block. The output may be the input.
  void (*activate)(const ckernels_activation *activation, const float *x, ptrdiff_t x_block_stride, ptrdiff_t width,
                   float *y, ptrdiff_t y_block_stride, ptrdiff_t first_block, ptrdiff_t end_block);
  // y = g · f'(x) for a row's blocks first_block ..< end_block, f being the activation. The output may be g.
  void (*activate_gradient)(const ckernels_activation *activation, const float *x, ptrdiff_t x_block_stride,
                            const float *g, ptrdiff_t g_block_stride, ptrdiff_t width, float *y,
                            ptrdiff_t y_block_stride, ptrdiff_t first_block, ptrdiff_t end_block);
  // A row. `squares` is room for below + above + (blocks + 1) · lanes floats. The output may be the input.
  void (*local_response)(const ckernels_local_response *normalization, const float *x, ptrdiff_t x_block_stride,
                         ptrdiff_t width, float *y, ptrdiff_t y_block_stride, float *squares);
} ckernels_blocked;

#endif
