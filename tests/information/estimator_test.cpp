#include "glow/information/estimator.h"

#include <cmath>

#include "glow/information/binned.h"
#include "glow/information/hsic.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// Remembers what it was asked to compare.
class Recording : public Criterion {
 public:
  Recording() : Criterion("recording") {}
  Tensor criterion(const Tensor& x, const Tensor& y) const override {
    pairs.emplace_back(x, y);
    return (x.sum() * y.sum()).reshape({});
  }
  mutable std::vector<std::pair<Tensor, Tensor>> pairs;
};

class Fixed : public Criterion {
 public:
  explicit Fixed(Tensor value) : Criterion("fixed"), value_(std::move(value)) {}
  Tensor criterion(const Tensor&, const Tensor&) const override { return value_; }

 private:
  Tensor value_;
};

// PyGlow compared with the network's own output in place of the label, and left the output layer
// out.
TEST(EvaluateOfAnyCriterion, MeasuresEveryLayerAgainstTheTrueLabel) {
  const Segment segment = small_segment();
  const Recording recording;
  const auto coordinates = recording.evaluate(segment);
  ASSERT_EQ(coordinates.size(), 2U);
  ASSERT_EQ(recording.pairs.size(), 4U);
  const Tensor x = segment.x.flatten(1), y = label_matrix(segment, x);
  for (size_t layer = 0; layer < 2; ++layer) {
    const Tensor t = segment.layers[layer].value.flatten(1);
    for (size_t c = 0; c < 2; ++c) {
      const auto& [first, second] = recording.pairs[2 * layer + c];
      EXPECT_TRUE(at::equal(first, t));
      EXPECT_TRUE(at::equal(second, c == 0 ? x : y));
    }
  }
  EXPECT_EQ(coordinates[0].complexity.estimator, "recording");
  EXPECT_EQ(coordinates[0].complexity.unit, Unit::none);
  EXPECT_EQ(coordinates[0].complexity.n, 24);
}

TEST(Criterion, MustGiveOneNumber) {
  const Tensor x = normal({4, 2}, "x");
  EXPECT_EQ(Fixed(at::full({1}, 3.0)).estimate(x, x).number(), 3.0);
  EXPECT_THAT(message_of<ValueError>([&] { Fixed(at::zeros({2})).estimate(x, x); }),
              HasSubstr("criterion 'fixed' must give one number"));
  EXPECT_THROW(Fixed(Tensor()).estimate(x, x), ValueError);
  EXPECT_THROW(Fixed(at::zeros({})).estimate(x, normal({5, 2}, "y")), ValueError);
}

TEST(Criterion, IsNeverNaNInSilence) {
  const Tensor x = normal({4, 2}, "x");
  const Estimate estimate = Fixed(at::full({}, std::nan(""))).estimate(x, x);
  EXPECT_THAT(estimate.warnings, ElementsAre("criterion 'fixed' gave nan"));
  Tensor bad = x.clone();
  bad[2][1] = std::nan("");
  EXPECT_EQ(message_of<ValueError>([&] { Fixed(bad.sum()).estimate(bad, x); }),
            "x contains 1 non-finite value, first at row 2, column 1");
}

TEST(Fit, CombinesSnapshots) {
  Fit fit;
  EXPECT_TRUE(fit.empty());
  fit.add("sigma", 2);
  fit.add("sigma", 4);
  fit.add("low", std::vector<double>{1, -5});
  fit.add("low", std::vector<double>{-1, 5});
  EXPECT_TRUE(fit.has("sigma"));
  EXPECT_EQ(fit.mean("sigma"), 3);
  EXPECT_EQ(fit.smallest("sigma"), 2);
  EXPECT_EQ(fit.largest("sigma"), 4);
  EXPECT_THAT(fit.minima("low"), ElementsAre(-1, -5));
  EXPECT_THAT(fit.maxima("low"), ElementsAre(1, 5));
  EXPECT_THAT(fit.means("low"), ElementsAre(0, 0));
}

TEST(Fit, SaysWhatIsMissing) {
  Fit fit;
  EXPECT_THAT(message_of<StateError>([&] { fit.mean("sigma x"); }), HasSubstr("'sigma x' was not"));
  fit.add("low", std::vector<double>{1, 2});
  EXPECT_THROW(fit.mean("low"), StateError);
  EXPECT_THROW(fit.add("low", 1), ValueError);
}

TEST(Reference, ReadsItsWords) {
  for (const auto* word : {"first", "snapshot", "run"}) {
    EXPECT_EQ(to_string(parse_reference(word)), word);
  }
  EXPECT_THAT(message_of<ValueError>([] { parse_reference("frist"); }),
              HasSubstr("did you mean 'first'?"));
}

TEST(MakeEstimator, IsCalledByTheKeysThatWereGivenInTheOrderOfTheTable) {
  EXPECT_EQ(make_estimator("hsic")->spec(), "hsic(kernel=gaussian, sigma=5)");
  EXPECT_EQ(make_estimator("hsic()")->spec(), "hsic(kernel=gaussian, sigma=5)");
  EXPECT_EQ(make_estimator("hsic( sigma = 5.0 )")->spec(), "hsic(sigma=5)");
  EXPECT_EQ(make_estimator("hsic(sigma=median,kernel=gaussian)")->spec(),
            "hsic(kernel=gaussian, sigma=median)");
  EXPECT_EQ(make_estimator("hsic(unbiased=true, sigma_t=0.25)")->spec(),
            "hsic(sigma_t=0.25, unbiased=true)");
  EXPECT_EQ(make_estimator("binned")->spec(), "binned(bins=30)");
  EXPECT_EQ(make_estimator("binned(range=[0, 2.5], bins=100)")->spec(),
            "binned(bins=100, range=[0, 2.5])");
  EXPECT_EQ(make_estimator("binned(range=[0.0, 1e0])")->spec(), "binned(range=[0, 1])");
  EXPECT_EQ(make_estimator("binned(range=layer)")->spec(), "binned(range=layer)");
}

TEST(MakeEstimator, SetsTheOptions) {
  const auto hsic = std::dynamic_pointer_cast<HSIC>(
      make_estimator("hsic(kernel=linear, sigma=2, sigma_x=median, unbiased=true)"));
  ASSERT_TRUE(hsic);
  EXPECT_EQ(hsic->options().kernel, "linear");
  EXPECT_EQ(hsic->options().sigma.value, 2);
  EXPECT_TRUE(hsic->options().sigma_x->median);
  EXPECT_FALSE(hsic->options().sigma_t);
  EXPECT_TRUE(hsic->options().unbiased);
  const auto binned =
      std::dynamic_pointer_cast<Binned>(make_estimator("binned(bits=4, range=neuron)"));
  ASSERT_TRUE(binned);
  EXPECT_EQ(binned->options().bits, 4);
  EXPECT_EQ(binned->options().range->of, BinRange::Of::neuron);
}

TEST(MakeEstimator, ErrorsNameTheSpec) {
  const auto message = [](const std::string& spec) {
    return message_of<ValueError>([&] { make_estimator(spec); });
  };
  EXPECT_THAT(message("hsci"), HasSubstr("unknown estimator 'hsci'; did you mean 'hsic'?"));
  for (const auto* spec : {"hsic(sgima=5)",
                           "hsic(sigma=wide)",
                           "hsic(sigma=-1)",
                           "hsic(sigma=0)",
                           "hsic(kernel=box)",
                           "hsic(unbiased=1)",
                           "hsic(reference=last)",
                           "hsic(sigma=5, sigma=6)",
                           "hsic(sigma=5",
                           "binned(bins=30, width=0.1)",
                           "binned(bins=0)",
                           "binned(bins=2.5)",
                           "binned(edges=1)",
                           "binned(width=0)",
                           "binned(bits=21)",
                           "binned(range=[1, 1])",
                           "binned(range=[1])",
                           "binned(range=wide)",
                           "binned(width=0.1, range=layer)",
                           "binned(correction=miller)",
                           "binned(equal_mass=true, range=[0, 1])",
                           "binned(equal_mass=true, edges=30)"}) {
    EXPECT_THAT(message(spec), HasSubstr(spec));
  }
  EXPECT_THAT(message("hsic(sgima=5)"), HasSubstr("did you mean 'sigma'?"));
}

TEST(Estimators, DescribeThemselves) {
  for (const auto& entry : estimators().entries()) {
    EXPECT_FALSE(entry.doc.empty()) << entry.name;
    const EstimatorPtr estimator = entry.make({});
    EXPECT_THAT(estimator->spec(), StartsWith(entry.name));
    EXPECT_EQ(make_estimator(estimator->spec())->spec(), estimator->spec());
    EXPECT_FALSE(estimator->axes().complexity.empty());
    EXPECT_FALSE(estimator->axes().generalization.empty());
  }
}

TEST(Estimators, TakeAProgramsOwn) {
  estimators().add(
      {"own", "a test's own", {}, [](const Table&) { return std::make_shared<Recording>(); }});
  EXPECT_EQ(make_estimator("own")->spec(), "recording");
  EXPECT_THROW(estimators().add({"own", "", {}, {}}), ValueError);
}

}  // namespace
}  // namespace glow
