#include "glow/io/safetensors.h"

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

io::TensorFile sample() {
  return {{{"mask", at::tensor({1, 0, 1}).to(at::kBool)},
           {"weight", at::arange(6, at::kFloat).view({2, 3})},
           {"größe \"1\"", at::scalar_tensor(2.5, at::kDouble)},
           {"empty", at::zeros({0, 4})}},
          {{"epoch", "3"}, {"config", "name = \"x\"\nlist = [1, 2]\n"}}};
}

void expect_same(const io::TensorFile& a, const io::TensorFile& b) {
  EXPECT_EQ(a.metadata, b.metadata);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].first, b.tensors[i].first);
    EXPECT_EQ(a.tensors[i].second.scalar_type(), b.tensors[i].second.scalar_type());
    EXPECT_TRUE(a.tensors[i].second.equal(b.tensors[i].second)) << a.tensors[i].first;
  }
}

TEST(Safetensors, RoundTrip) {
  const TemporaryFolder folder;
  io::write_safetensors(folder.path("file"), sample());
  const auto read = io::read_safetensors(folder.path("file"));
  expect_same(read, sample());
  EXPECT_EQ(read.find("weight")->dim(), 2);
  EXPECT_EQ(read.find("none"), nullptr);
  io::write_safetensors(folder.path("file"), {});
  expect_same(io::read_safetensors(folder.path("file")), {});
}

TEST(Safetensors, RoundTripOfEveryType) {
  const TemporaryFolder folder;
  for (const auto type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong,
                          at::kHalf, at::kBFloat16, at::kFloat, at::kDouble}) {
    const io::TensorFile file{{{"t", (at::arange(6) % 2).to(type)}}, {}};
    io::write_safetensors(folder.path("file"), file);
    expect_same(io::read_safetensors(folder.path("file")), file);
  }
  EXPECT_THAT(message_of<ValueError>([&] {
                io::write_safetensors(folder.path("file"),
                                      {{{"z", at::zeros({1}, at::kComplexFloat)}}, {}});
              }),
              HasSubstr("tensor 'z': ComplexFloat cannot be saved"));
}

TEST(Safetensors, WritesAnyStridesAndGraphs) {
  const TemporaryFolder folder;
  const at::Tensor matrix = at::arange(6, at::kFloat).view({2, 3});
  io::write_safetensors(folder.path("file"), {{{"t", matrix.t().requires_grad_()}}, {}});
  EXPECT_TRUE(io::read_safetensors(folder.path("file")).tensors[0].second.equal(matrix.t()));
}

TEST(Safetensors, RefusesNamesThatTheFormatReserves) {
  const TemporaryFolder folder;
  const auto write = [&](const io::TensorFile& file) {
    io::write_safetensors(folder.path("file"), file);
  };
  const at::Tensor t = at::zeros({1});
  EXPECT_THROW(write({{{"a", t}, {"a", t}}, {}}), ValueError);
  EXPECT_THROW(write({{{"__metadata__", t}}, {}}), ValueError);
  EXPECT_THROW(write({{}, {{"crc32", "0"}}}), ValueError);
  EXPECT_THROW(write({{}, {{"crc32.a", "0"}}}), ValueError);
  EXPECT_THROW(write({{{"\xff", t}}, {}}), ValueError);
  EXPECT_TRUE(folder.names().empty());
}

TEST(Safetensors, ReadsWhatPythonWrote) {
  const auto file = io::read_safetensors(GLOW_SOURCE_DIR "/tests/data/io/python.safetensors");
  EXPECT_EQ(file.metadata.at("format"), "pt");
  EXPECT_TRUE(file.find("weight")->equal(at::arange(6, at::kFloat).view({2, 3})));
  EXPECT_TRUE(file.find("bias")->equal(at::tensor({1.5, -2.}).to(at::kBFloat16)));
  EXPECT_EQ(file.find("count")->item<int64_t>(), 7);
  EXPECT_TRUE(file.find("mask")->equal(at::tensor({1, 0, 1}).to(at::kBool)));
}

TEST(Safetensors, PythonReadsOurs) {
  if (test::python().empty()) GTEST_SKIP() << "no .venv";
  const TemporaryFolder folder;
  io::write_safetensors(folder.path("file"), sample());
  EXPECT_EQ(
      test::run_python(folder,
                       "from safetensors import safe_open\n"
                       "import zlib\n"
                       "with safe_open('" +
                           folder.path("file") +
                           "', 'pt') as f:\n"
                           "  m = f.metadata()\n"
                           "  for k in sorted(f.keys()):\n"
                           "    t = f.get_tensor(k)\n"
                           "    ok = m['crc32.' + k] == '%08x' % zlib.crc32(t.numpy().tobytes())\n"
                           "    print(k, t.dtype, t.tolist(), ok)\n"
                           "  print(m['epoch'], repr(m['config']))\n"),
      "empty torch.float32 [] True\n"
      "größe \"1\" torch.float64 2.5 True\n"
      "mask torch.bool [True, False, True] True\n"
      "weight torch.float32 [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] True\n"
      "3 'name = \"x\"\\nlist = [1, 2]\\n'\n");
}

TEST(Safetensors, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  io::write_safetensors(folder.path("file"), sample());
  const std::string whole = slurp(folder.path("file"));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(io::read_safetensors(spill(folder.path("cut"), whole.substr(0, size))), DataError)
        << size;
  }
  EXPECT_THAT(
      message_of<DataError>([&] { io::read_safetensors(spill(folder.path("long"), whole + "x")); }),
      HasSubstr("1 bytes after the last tensor"));
}

TEST(Safetensors, RefusesEveryFlippedBit) {
  const TemporaryFolder folder;
  io::write_safetensors(folder.path("file"), sample());
  const std::string whole = slurp(folder.path("file"));
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_THROW(io::read_safetensors(spill(folder.path("damaged"), damaged)), DataError)
        << "bit " << bit % 8 << " of byte " << bit / 8;
  }
}

TEST(Safetensors, NamesPathTensorAndReason) {
  const TemporaryFolder folder;
  const std::string path = folder.path("file");
  io::write_safetensors(path, sample());
  std::string bytes = slurp(path);
  bytes[bytes.size() - 3 - 1] ^= 1;  // before the three booleans: in the weights
  spill(path, bytes);
  EXPECT_THAT(message_of<DataError>([&] { io::read_safetensors(path); }),
              HasSubstr(path + ": tensor 'weight' is damaged: checksum "));
}

// A file with this header, which other programs might have written: without checksums.
std::string file_of(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

std::string safetensors_problem(const std::string& header, const std::string& data = "") {
  const TemporaryFolder folder;
  const std::string path = spill(folder.path("file"), file_of(header, data));
  const std::string message = message_of<DataError>([&] { io::read_safetensors(path); });
  EXPECT_THAT(message, testing::StartsWith(path));
  return message;
}

std::string tensor(const std::string& type, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":")" + type + R"(","shape":[)" + shape + R"(],"data_offsets":[)" +
         offsets + "]}}";
}

TEST(Safetensors, ReadsFilesWithoutChecksums) {
  const TemporaryFolder folder;
  const std::string path =
      spill(folder.path("file"), file_of(tensor("U8", "2", "0,2") + "   ", "ab"));
  EXPECT_TRUE(io::read_safetensors(path).find("a")->equal(at::tensor({97, 98}, at::kByte)));
  EXPECT_TRUE(io::read_safetensors(spill(path, file_of("{}", ""))).tensors.empty());
}

TEST(Safetensors, RefusesHeadersOutOfForm) {
  const TemporaryFolder folder;
  const auto bytes = [&](const std::string& content) {
    return message_of<DataError>([&] { io::read_safetensors(spill(folder.path("f"), content)); });
  };
  EXPECT_THAT(bytes(""), HasSubstr("0 bytes: no safetensors file"));
  EXPECT_THAT(bytes("PK\3\4 a zip archive, as .pt is one"), HasSubstr("at most 16777216"));
  EXPECT_THAT(bytes(std::string(8, '\xff')), HasSubstr("at most 16777216 expected"));
  EXPECT_THAT(bytes(std::string("\x05\0\0\0\0\0\0\0{}", 10)), HasSubstr("truncated"));
  EXPECT_THAT(safetensors_problem(""), HasSubstr("byte 8: the header is no JSON object"));
  EXPECT_THAT(safetensors_problem("[]"), HasSubstr("byte 8: the header is no JSON object"));
  EXPECT_THAT(safetensors_problem(" {}"), HasSubstr("byte 8: the header is no JSON object"));
  EXPECT_THAT(safetensors_problem("{\"a\":"), HasSubstr("the header is no JSON in UTF-8"));
  EXPECT_THAT(safetensors_problem("{\"\xff\":1}"), HasSubstr("the header is no JSON in UTF-8"));
  EXPECT_THAT(safetensors_problem("{} {}"), HasSubstr("the header is no JSON in UTF-8"));
  EXPECT_THAT(safetensors_problem("{\"a\":" + std::string(100000, '[')),
              HasSubstr("nested too deep"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":{"b":{"c":1}}}})"),
              HasSubstr("nested too deep"));
  EXPECT_THAT(safetensors_problem(R"({"a":1,"a":2})"), HasSubstr("has 'a' twice"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":"U8","dtype":"F32"}})"),
              HasSubstr("has 'dtype' twice"));
  EXPECT_THAT(safetensors_problem(R"({"__metadata__":[]})"),
              HasSubstr("__metadata__ is no object"));
  EXPECT_THAT(safetensors_problem(R"({"__metadata__":{"epoch":3}})"),
              HasSubstr("'epoch' is no string"));
}

TEST(Safetensors, RefusesTensorsOutOfForm) {
  EXPECT_THAT(safetensors_problem(R"({"a":1})"),
              HasSubstr("'a': dtype, shape and data_offsets expected"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":"U8","shape":[]}})"),
              HasSubstr("data_offsets expected"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"b":1}})"),
              HasSubstr("data_offsets expected"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":1,"shape":[],"data_offsets":[0,1]}})"),
              HasSubstr("data_offsets expected"));
  EXPECT_THAT(safetensors_problem(R"({"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}})"),
              HasSubstr("must be lists"));
  EXPECT_THAT(safetensors_problem(tensor("F8_E4M3", "1", "0,1"), "x"),
              HasSubstr("dtype F8_E4M3 is not known"));
  EXPECT_THAT(safetensors_problem(tensor("U8", "1e999", "0,1")),
              HasSubstr("a number that is too large"));
  for (const char* size : {"-1", "1.5", "\"1\"", "18446744073709551615", "true"}) {
    EXPECT_THAT(safetensors_problem(tensor("U8", size, "0,1"), "x"), HasSubstr("no whole number"))
        << size;
  }
  EXPECT_THAT(safetensors_problem(tensor("U8", "1", "1,0"), "x"),
              HasSubstr("must be a begin and an end"));
  EXPECT_THAT(safetensors_problem(tensor("U8", "1", "0,1,2"), "x"),
              HasSubstr("must be a begin and an end"));
  EXPECT_THAT(safetensors_problem(tensor("F32", "2", "0,4"), "abcd"),
              HasSubstr("F32 of shape 2 expected, 4 bytes found"));
  EXPECT_THAT(safetensors_problem(tensor("F64", "4611686018427387904,4", "0,0")),
              HasSubstr("of shape 4611686018427387904 × 4 expected, 0 bytes found"));
  EXPECT_THAT(safetensors_problem(tensor("BOOL", "1", "0,1"), "\2"),
              HasSubstr("a byte that is no boolean"));
}

TEST(Safetensors, RefusesGapsOverlapsAndOtherLengths) {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[)" + first +
           R"(]},"b":{"dtype":"U8","shape":[2],"data_offsets":[)" + second + "]}}";
  };
  EXPECT_THAT(safetensors_problem(two("0,2", "3,5"), "abcde"),
              HasSubstr("'b' begins at 3, with a gap after"));
  EXPECT_THAT(safetensors_problem(two("0,2", "1,3"), "abc"),
              HasSubstr("'b' begins at 1, inside the one"));
  EXPECT_THAT(safetensors_problem(two("0,2", "0,2"), "ab"), HasSubstr("inside the one before"));
  EXPECT_THAT(safetensors_problem(two("1,3", "3,5"), "abcde"),
              HasSubstr("'a' begins at 1, with a gap after"));
  EXPECT_THAT(safetensors_problem(two("0,2", "2,4"), "abc"),
              HasSubstr("truncated: 4 bytes of tensors expected, 3 found"));
  EXPECT_THAT(safetensors_problem(two("0,2", "2,4"), "abcde"),
              HasSubstr("1 bytes after the last tensor"));
  EXPECT_THAT(safetensors_problem("{}", "abc"), HasSubstr("3 bytes after the last tensor"));
}

}  // namespace
}  // namespace glow
