#include "ckernels_imputation.h"

enum { VECTORS = 6, LANES = 8 };

// A plane with a border of zeros, so that every pixel has eight neighbours.
typedef struct {
  ptrdiff_t width, height, stride;
} Grid;

static Grid make_grid(ptrdiff_t width, ptrdiff_t height) { return (Grid){width, height, width + 2}; }

static ptrdiff_t grid_size(Grid grid) { return grid.stride * (grid.height + 2); }

static ptrdiff_t row_start(Grid grid, ptrdiff_t row) { return (row + 1) * grid.stride + 1; }

size_t ckernels_impute_scratch(ptrdiff_t width, ptrdiff_t height) {
  return (size_t)grid_size(make_grid(width, height)) * VECTORS;
}

// Σ w_n x_n over the eight neighbours of each pixel; the border of `result` stays.
static void sum_neighbours(Grid grid, const double *restrict x, double *restrict result) {
  for (ptrdiff_t row = 0; row < grid.height; row++) {
    const double *here = x + row_start(grid, row), *above = here - grid.stride, *below = here + grid.stride;
    double *sums = result + row_start(grid, row);
    for (ptrdiff_t i = 0; i < grid.width; i++) {
      double edges = (above[i] + below[i]) + (here[i - 1] + here[i + 1]);
      double corners = (above[i - 1] + above[i + 1]) + (below[i - 1] + below[i + 1]);
      sums[i] = (2 * edges + corners) / 12;
    }
  }
}

static double dot(const double *x, const double *y, ptrdiff_t count) {
  double sums[LANES] = {0};
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES)
    for (int lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane] * y[i + lane];
  for (; i < count; i++) sums[0] += x[i] * y[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

// (D − S) x at missing pixels, 0 elsewhere.
static void multiply(
    Grid grid, const double *restrict diagonal, const double *restrict mask, const double *restrict x,
    double *restrict result) {
  sum_neighbours(grid, x, result);
  for (ptrdiff_t i = 0; i < grid_size(grid); i++) result[i] = (diagonal[i] * x[i] - result[i]) * mask[i];
}

void ckernels_impute(
    float *plane, const unsigned char *is_missing, ptrdiff_t width, ptrdiff_t height, double tolerance,
    double *scratch) {
  Grid grid = make_grid(width, height);
  ptrdiff_t size = grid_size(grid);
  double *mask = scratch, *diagonal = mask + size, *solution = diagonal + size, *residual = solution + size,
         *direction = residual + size, *product = direction + size;
  // The sum of the weights of neighbours inside of the plane; `direction` holds ones there for the time being.
  for (ptrdiff_t row = 0; row < height; row++)
    for (ptrdiff_t i = 0; i < width; i++) direction[row_start(grid, row) + i] = 1;
  sum_neighbours(grid, direction, diagonal);
  for (ptrdiff_t row = 0; row < height; row++) {
    ptrdiff_t start = row_start(grid, row);
    for (ptrdiff_t i = 0; i < width; i++) {
      mask[start + i] = is_missing[row * width + i] ? 1 : 0;
      direction[start + i] = is_missing[row * width + i] ? 0 : plane[row * width + i];
    }
  }
  sum_neighbours(grid, direction, residual);
  for (ptrdiff_t i = 0; i < size; i++) {
    residual[i] *= mask[i];
    direction[i] = residual[i];
    solution[i] = 0;
    product[i] = 0;
  }
  double energy = dot(residual, residual, size), target = energy * tolerance * tolerance;
  // In exact arithmetic there is an end after as many steps as pixels.
  for (ptrdiff_t step = 0; step < width * height && energy > target; step++) {
    multiply(grid, diagonal, mask, direction, product);
    double along = energy / dot(direction, product, size);
    for (ptrdiff_t i = 0; i < size; i++) {
      solution[i] += along * direction[i];
      residual[i] -= along * product[i];
    }
    double next = dot(residual, residual, size), turn = next / energy;
    for (ptrdiff_t i = 0; i < size; i++) direction[i] = residual[i] + turn * direction[i];
    energy = next;
  }
  for (ptrdiff_t row = 0; row < height; row++)
    for (ptrdiff_t i = 0; i < width; i++)
      if (is_missing[row * width + i]) plane[row * width + i] = (float)solution[row_start(grid, row) + i];
}
