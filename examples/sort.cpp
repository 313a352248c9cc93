// Sorts numbers with a model, from C++: what the C interface gives is held by smart pointers, its errors are exceptions.
//
//   c++ -std=c++17 sort.cpp $(pkg-config --cflags --libs ordo) -o sort
//   ./sort CHECKPOINT NUMBER...          weights of 'ordo train sort -D N=5 -D P=1'
//   ./sort - NUMBER...                   fresh weights: shows the calls, sorts nothing
#include <ordo.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using Library = std::unique_ptr<Ordo, decltype(&ordo_close)>;
using Tensor = std::unique_ptr<OrdoTensor, decltype(&ordo_tensor_free)>;

// What a call gave, or what it said.
template <typename T> static T good(const Library &ordo, T result) {
  if (!result) throw std::runtime_error(ordo_errors(ordo.get()));
  return result;
}

// The numbers in the order that the model gives them.
static std::vector<float> sorted(const Library &ordo, OrdoFunction *function, std::vector<float> &numbers) {
  const int64_t extents[] = {1, static_cast<int64_t>(numbers.size())};
  Tensor x(ordo_tensor_view(ORDO_F32, 2, extents, numbers.data()), ordo_tensor_free); // no copy
  const OrdoTensor *args[] = {x.get()};
  OrdoTensor *y = nullptr;
  good(ordo, x && ordo_call(function, args, 1, &y, 1));
  Tensor result(y, ordo_tensor_free);
  const float *first = static_cast<const float *>(ordo_tensor_data(y));
  return {first, first + ordo_tensor_count(y)};
}

int main(int argc, char **argv) try {
  if (argc < 3) throw std::runtime_error("usage: sort CHECKPOINT NUMBER...\n");
  std::vector<float> numbers;
  for (int i = 2; i < argc; i++) numbers.push_back(std::strtof(argv[i], nullptr));
  Library ordo(ordo_open(0), ordo_close);
  if (!ordo) throw std::runtime_error("the code generator cannot be started\n");
  const char *const constants[] = {"N=5", "P=1"};
  OrdoSpec *spec = good(ordo, ordo_load(ordo.get(), "sort", constants, 2));
  OrdoFunction *function = good(ordo, ordo_function(spec, "net.sorted"));
  if (std::string(argv[1]) != "-") good(ordo, ordo_read_weights(function, argv[1]));
  for (float number : sorted(ordo, function, numbers)) std::printf("%g ", static_cast<double>(number));
  std::puts("");
  return 0;
} catch (const std::exception &error) {
  std::fputs(error.what(), stderr);
  return 1;
}
