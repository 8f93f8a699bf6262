#include "glow/information/segment.h"

#include "tests/information/support.h"

namespace glow {
namespace {

using testing::HasSubstr;

TEST(FlattenRows, KeepsRowsAndJoinsTheRest) {
  EXPECT_EQ(flatten_rows(at::zeros({4, 2, 3, 5})).sizes(), (at::IntArrayRef{4, 30}));
  EXPECT_EQ(flatten_rows(at::zeros({4, 3})).sizes(), (at::IntArrayRef{4, 3}));
  EXPECT_EQ(flatten_rows(at::zeros({4})).sizes(), (at::IntArrayRef{4, 1}));
}

TEST(FlattenRows, RefusesWhatHasNoRows) {
  EXPECT_THROW(flatten_rows(at::scalar_tensor(1)), ValueError);
  EXPECT_THROW(flatten_rows(Tensor()), ValueError);
}

TEST(LabelMatrix, IsOneHotOfTheDataSetsClasses) {
  Segment segment;
  segment.y = at::tensor({2, 0}, at::kLong);
  segment.classes = 4;  // of the data set: the batch has two
  const Tensor expected = at::tensor({0., 0., 1., 0., 1., 0., 0., 0.}, at::kFloat).view({2, 4});
  const Tensor matrix = label_matrix(segment, at::zeros({2, 3}, at::kFloat));
  EXPECT_EQ(matrix.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(matrix, expected));
  EXPECT_EQ(label_matrix(segment, at::zeros({2}, at::kDouble)).scalar_type(), at::kDouble);

  segment.y = segment.y.view({2, 1}).to(at::kByte);
  EXPECT_TRUE(at::equal(label_matrix(segment, expected), expected));
}

TEST(LabelMatrix, TakesTargetsAsTheyAre) {
  Segment segment;
  segment.y = normal({5, 2}, "targets");
  EXPECT_TRUE(at::equal(label_matrix(segment, segment.y), segment.y));
  segment.y = normal({5}, "targets");
  EXPECT_EQ(label_matrix(segment, segment.y).sizes(), (at::IntArrayRef{5, 1}));
}

TEST(LabelMatrix, NamesTheRowOfABadLabel) {
  Segment segment;
  segment.classes = 3;
  const auto message = [&](const Tensor& y) {
    segment.y = y;
    return message_of<DataError>([&] { label_matrix(segment, at::zeros({1})); });
  };
  EXPECT_EQ(message(at::tensor({0, 1, 3}, at::kLong)),
            "y contains label 3 at row 2: expected 0 to 2");
  EXPECT_EQ(message(at::tensor({0, -1}, at::kLong)),
            "y contains label -1 at row 1: expected 0 to 2");
  EXPECT_EQ(message(at::tensor({0., 1.5})),
            "y contains label 1.5 at row 1: class numbers are whole");
  segment.y = at::tensor({0., 1.});
  EXPECT_THAT(message_of<ValueError>([&] { label_matrix(segment, segment.y); }),
              HasSubstr("class numbers must have an integer type"));
}

TEST(LabelMatrix, NeedsLabels) {
  EXPECT_THAT(message_of<ValueError>([] { label_matrix(Segment(), at::zeros({1})); }),
              HasSubstr("no labels"));
}

}  // namespace
}  // namespace glow
