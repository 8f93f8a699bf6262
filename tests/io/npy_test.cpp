#include "glow/io/npy.h"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include "glow/core/error.h"
#include "tests/io/support.h"

namespace glow {
namespace {

using test::slurp;
using test::spill;
using test::TemporaryFolder;
using testing::HasSubstr;

const std::string kFrozen = GLOW_SOURCE_DIR "/tests/data/io/";

at::Tensor matrix() { return at::arange(6, at::kDouble).view({2, 3}) - 1.5; }

TEST(Npy, ReadsWhatNumPyWrote) {
  EXPECT_TRUE(io::read_npy(kFrozen + "c_order.npy").equal(matrix()));
  EXPECT_TRUE(io::read_npy(kFrozen + "fortran_order.npy").equal(matrix().to(at::kFloat)));
  EXPECT_TRUE(io::read_npy(kFrozen + "fortran_order.npy").is_contiguous());
  EXPECT_TRUE(io::read_npy(kFrozen + "big_endian.npy").equal(at::tensor({1, -2, 300}, at::kInt)));
  EXPECT_EQ(io::read_npy(kFrozen + "scalar.npy").dim(), 0);
  EXPECT_EQ(io::read_npy(kFrozen + "scalar.npy").item<double>(), 2.5);
  EXPECT_EQ(io::read_npy(kFrozen + "empty.npy").sizes(), at::IntArrayRef({0, 3}));
  EXPECT_TRUE(io::read_npy(kFrozen + "bool.npy").equal(at::tensor({1, 0}).to(at::kBool)));
  EXPECT_TRUE(io::read_npy(kFrozen + "half.npy").equal(at::tensor({0.5, -2.}).to(at::kHalf)));
  EXPECT_TRUE(io::read_npy(kFrozen + "uint16.npy").equal(at::tensor({1, 65535}, at::kInt)));
}

TEST(Npy, RefusesWhatAreNoNumbers) {
  const auto problem = [](const std::string& name) {
    return message_of<DataError>([&] { io::read_npy(kFrozen + name); });
  };
  EXPECT_THAT(problem("object.npy"), HasSubstr("Python objects"));
  EXPECT_THAT(problem("text.npy"), HasSubstr("text"));
  EXPECT_THAT(problem("complex.npy"), HasSubstr("complex numbers"));
  EXPECT_THAT(problem("structured.npy"), HasSubstr("a structured array"));
  EXPECT_THAT(problem("uint64.npy"),
              HasSubstr("element 1 is 9223372036854775808, more than int64 holds"));
}

TEST(Npy, RoundTripOfEveryType) {
  const TemporaryFolder folder;
  for (const auto type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong,
                          at::kHalf, at::kFloat, at::kDouble}) {
    const at::Tensor written = (at::arange(12).view({3, 4}) % 2).to(type);
    io::write_npy(folder.path("file.npy"), written);
    const at::Tensor read = io::read_npy(folder.path("file.npy"));
    EXPECT_EQ(read.scalar_type(), type);
    EXPECT_TRUE(read.equal(written));
  }
  EXPECT_THAT(message_of<ValueError>(
                  [&] { io::write_npy(folder.path("b.npy"), at::zeros({1}, at::kBFloat16)); }),
              HasSubstr("NumPy has no BFloat16"));
}

TEST(Npy, WritesAnyStridesAndGraphs) {
  const TemporaryFolder folder;
  const at::Tensor written = matrix().t().requires_grad_();
  io::write_npy(folder.path("file.npy"), written);
  EXPECT_TRUE(io::read_npy(folder.path("file.npy")).equal(matrix().t()));
  io::write_npy(folder.path("file.npy"), matrix()[0].expand({4, 3}));
  EXPECT_EQ(io::read_npy(folder.path("file.npy")).sizes(), at::IntArrayRef({4, 3}));
}

TEST(Npy, NumPyReadsOurs) {
  if (test::python().empty()) GTEST_SKIP() << "no .venv";
  const TemporaryFolder folder;
  io::write_npy(folder.path("a.npy"), matrix().to(at::kFloat));
  io::write_npz(folder.path("b.npz"), {{"x", matrix()},
                                       {"scalar", at::scalar_tensor(7, at::kLong)},
                                       {"empty", at::zeros({0, 3})},
                                       {"row", at::tensor({1, 0}).to(at::kBool)}});
  EXPECT_EQ(test::run_python(folder,
                             "import numpy as np\n"
                             "a = np.load('" +
                                 folder.path("a.npy") +
                                 "')\n"
                                 "print(a.dtype, a.tolist())\n"
                                 "z = np.load('" +
                                 folder.path("b.npz") +
                                 "')\n"
                                 "print([(k, z[k].dtype.str, z[k].shape) for k in z])\n"
                                 "print(z['x'].tolist(), z['scalar'], z['row'])"),
            "float32 [[-1.5, -0.5, 0.5], [1.5, 2.5, 3.5]]\n"
            "[('x', '<f8', (2, 3)), ('scalar', '<i8', ()), ('empty', '<f4', (0, 3)), "
            "('row', '|b1', (2,))]\n"
            "[[-1.5, -0.5, 0.5], [1.5, 2.5, 3.5]] 7 [ True False]\n");
}

// A file of version 1 with this header and content.
std::string npy(std::string header, const std::string& content) {
  header.append(63 - (header.size() + 10) % 64, ' ');
  header += '\n';
  std::string out = "\x93NUMPY";
  out += {1, 0, static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return out + header + content;
}

std::string npy_problem(const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string path = spill(folder.path("file.npy"), bytes);
  return message_of<DataError>([&] { io::read_npy(path); });
}

TEST(Npy, ReadsAnyOrderOfKeysAndBothQuotes) {
  const TemporaryFolder folder;
  const std::string path =
      spill(folder.path("a.npy"),
            npy("{\"shape\":(2,),'fortran_order':True,'descr':'|u1'}", std::string("\1\2", 2)));
  EXPECT_TRUE(io::read_npy(path).equal(at::tensor({1, 2}, at::kByte)));
}

TEST(Npy, RefusesDamagedHeaders) {
  EXPECT_THAT(npy_problem("no array"), HasSubstr("byte 0: no .npy file"));
  EXPECT_THAT(npy_problem(std::string("\x93NUMPY\4\0", 8)), HasSubstr("format version 4.0"));
  EXPECT_THAT(npy_problem(std::string("\x93NUMPY\2\0\0\0\2\0", 12)),
              HasSubstr("a header of 131072 bytes, at most 65536 expected"));
  const auto header = [](const std::string& text) { return npy_problem(npy(text, "")); };
  EXPECT_THAT(header("{'descr': '<f4', 'fortran_order': False}"),
              HasSubstr("descr, fortran_order and shape expected"));
  EXPECT_THAT(header("{'descr': '<f4', 'descr': '<f4'}"), HasSubstr("repeated key 'descr'"));
  EXPECT_THAT(header("{'evil': '<f4'}"), HasSubstr("unknown or repeated key 'evil'"));
  EXPECT_THAT(header("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}"),
              HasSubstr("True or False"));
  EXPECT_THAT(header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"),
              HasSubstr("a size expected"));
  EXPECT_THAT(header("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}"),
              HasSubstr("a size expected"));
  EXPECT_THAT(header("{'descr': '<f4', 'fortran_order': False, 'shape': ()} + open('x')"),
              HasSubstr("text after the dictionary"));
  EXPECT_THAT(header("__import__('os')"), HasSubstr("'{' expected"));
  EXPECT_THAT(header("{'descr': 'f4', 'fortran_order': False, 'shape': ()}"),
              HasSubstr("type 'f4'"));
  EXPECT_THAT(header("{'descr': '|f4', 'fortran_order': False, 'shape': ()}"),
              HasSubstr("type '|f4'"));
  EXPECT_THAT(header("{'descr': '<f16', 'fortran_order': False, 'shape': ()}"),
              HasSubstr("type '<f16'"));
  EXPECT_THAT(header("{'descr': '', 'fortran_order': False, 'shape': ()}"), HasSubstr("type ''"));
}

TEST(Npy, RefusesWrongLengths) {
  const std::string two = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}";
  EXPECT_THAT(npy_problem(npy(two, "1234567")),
              HasSubstr("2 of 4 bytes each expected after the header, found 7 bytes"));
  EXPECT_THAT(npy_problem(npy(two, "123456789")), HasSubstr("found 9 bytes"));
  EXPECT_THAT(npy_problem(npy("{'descr': '<f8', 'fortran_order': False, "
                              "'shape': (4611686018427387904, 4)}",
                              "")),
              HasSubstr("found 0 bytes"));
  EXPECT_THAT(npy_problem(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}", "\2")),
              HasSubstr("element 0 is 2, no boolean"));
}

TEST(Npy, RefusesEveryTruncation) {
  const std::string whole = slurp(kFrozen + "c_order.npy");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(npy_problem(whole.substr(0, size)).empty()) << size;
  }
}

// There is no checksum, but a damaged header never leads astray: it is refused or read as numbers.
TEST(Npy, FlippedBitsInTheHeaderAreHandled) {
  const TemporaryFolder folder;
  const std::string whole = slurp(kFrozen + "c_order.npy");
  for (size_t bit = 0; bit < 8 * 128; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    try {
      const auto read = io::read_npy(spill(folder.path("damaged"), damaged));
      EXPECT_EQ(read.nbytes(), 48) << bit / 8;
    } catch (const DataError&) {
    }
  }
}

TEST(Npz, ReadsWhatNumPyWrote) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const auto arrays = io::read_npz(kFrozen + name);
    EXPECT_TRUE(arrays.at("x").equal(matrix()));
    EXPECT_TRUE(arrays.at("y").equal(at::tensor({0, 1}, at::kLong)));
  }
  EXPECT_TRUE(
      io::read_npz(kFrozen + "deflated.npz").at("zeros").equal(at::zeros({100, 100}, at::kDouble)));
}

TEST(Npz, RoundTrip) {
  const TemporaryFolder folder;
  const std::string path = folder.path("file.npz");
  io::write_npz(path, {{"b", matrix()}, {"a", at::tensor({1, 2})}});
  const auto arrays = io::read_npz(path);
  EXPECT_EQ(arrays.size(), 2);
  EXPECT_TRUE(arrays.at("b").equal(matrix()));
  EXPECT_TRUE(arrays.at("a").equal(at::tensor({1, 2})));
  const std::string first = slurp(path);
  io::write_npz(path, {{"b", matrix()}, {"a", at::tensor({1, 2})}});
  EXPECT_EQ(slurp(path), first) << "the same content, the same bytes";
  io::write_npz(path, {});
  EXPECT_TRUE(io::read_npz(path).empty());
}

TEST(Npz, RefusesNamesThatItCouldNotRead) {
  const TemporaryFolder folder;
  for (const char* name : {"", "a/b", "..", "a\\b"}) {
    EXPECT_THROW(io::write_npz(folder.path("f.npz"), {{name, matrix()}}), ValueError) << name;
  }
  EXPECT_THROW(io::write_npz(folder.path("f.npz"), {{"a", matrix()}, {"a", matrix()}}), ValueError);
  EXPECT_TRUE(folder.names().empty());
}

// What inflates to more than the limit is refused by its directory, before anything is inflated.
TEST(Npz, RefusesBombs) {
  EXPECT_THAT(message_of<DataError>([] { io::read_npz(kFrozen + "deflated.npz", 1000); }),
              HasSubstr("more than 1000 bytes in all"));
  EXPECT_EQ(io::read_npz(kFrozen + "stored.npz", 1).size(), 2) << "stored bytes cannot explode";
}

TEST(Npz, NamesPathAndMember) {
  const TemporaryFolder folder;
  std::string bytes = slurp(kFrozen + "stored.npz");
  bytes[bytes.find("NUMPY") + 130] ^= 1;  // in the numbers of x
  const std::string path = spill(folder.path("damaged.npz"), bytes);
  EXPECT_THAT(message_of<DataError>([&] { io::read_npz(path); }),
              HasSubstr(path + ": x.npy: checksum"));
}

TEST(Npz, RefusesEveryTruncationAndNeverReadsOtherNumbers) {
  const TemporaryFolder folder;
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::string whole = slurp(kFrozen + name);
    const auto right = io::read_npz(kFrozen + name);
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THROW(io::read_npz(spill(folder.path("cut"), whole.substr(0, size))), DataError)
          << size;
    }
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      std::string damaged = whole;
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
      try {
        const auto read = io::read_npz(spill(folder.path("damaged"), damaged));
        ASSERT_EQ(read.size(), right.size()) << bit / 8;
        for (const auto& [key, array] : right) ASSERT_TRUE(read.at(key).equal(array)) << bit / 8;
      } catch (const DataError&) {
      }
    }
  }
}

}  // namespace
}  // namespace glow
