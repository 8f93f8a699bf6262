#include "glow/information/automatic.h"

#include "glow/information/mixed_ksg.h"
#include "glow/information/ross.h"
#include "tests/information/support.h"

namespace glow {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(Auto, ChoosesByTypesTiesAndDimensions) {
  const Tensor x = normal({400, 1}, "x"), y = x + normal({400, 1}, "noise");
  const Tensor classes = labels(400, 3, "c");
  EXPECT_EQ(choose_estimator(x, y).spec, "ksg");
  EXPECT_EQ(choose_estimator(x, classes).spec, "ross");
  EXPECT_EQ(choose_estimator(classes, x).spec, "ross");
  EXPECT_EQ(choose_estimator(classes, labels(400, 2, "d")).spec, "grassberger");
  EXPECT_EQ(choose_estimator(at::relu(x), y).spec, "mixed_ksg");
  EXPECT_EQ(choose_estimator(at::relu(x), classes).spec, "mixed_ksg");
  EXPECT_EQ(choose_estimator(x.clamp(-1, 1), y).spec, "mixed_ksg");
  EXPECT_EQ(choose_estimator(normal({400, 20}, "w"), y).spec, "gaussian_copula");
}

TEST(Auto, SaysWhatItTookAndGivesTheSame) {
  const Tensor x = normal({400, 1}, "x"), y = x + normal({400, 1}, "noise");
  const Estimate chosen = make_estimator("auto")->estimate(x, y);
  EXPECT_EQ(chosen.number(), make_estimator("ksg")->estimate(x, y).number());
  EXPECT_EQ(chosen.estimator, "auto");
  EXPECT_THAT(chosen.warnings, Contains(HasSubstr("auto took ksg(k=3)")));
}

TEST(Auto, DoesNotTakeQuantitiesForClassesBecauseTheyAreRounded) {
  const Tensor x = normal({1000, 1}, "x"), y = 0.8 * x + 0.6 * normal({1000, 1}, "noise");
  const double truth = -0.5 * std::log(1 - 0.64);
  for (const double scale : {10., 1000.}) {  // one decimal, and three
    for (const bool whole : {false, true}) {
      const auto rounded = [&](const Tensor& t) {
        const Tensor steps = (t * scale).round();
        return whole ? steps.to(at::kLong) : steps / scale;
      };
      EXPECT_EQ(choose_estimator(rounded(x), rounded(y)).spec, "ksg");
      // KSG's deviation at n = 1000 is 0.03.
      EXPECT_NEAR(Auto().estimate(rounded(x), rounded(y)).number(), truth, 0.12) << scale;
    }
  }
}

TEST(Auto, TakesWhatItIsTold) {
  const Tensor counts = labels(400, 20, "counts"), classes = labels(400, 3, "c");
  EXPECT_EQ(choose_estimator(counts, classes).spec, "grassberger");
  EXPECT_EQ(choose_estimator(counts, classes, {.continuous = "x"}).spec, "ross");
  EXPECT_EQ(choose_estimator(counts, classes, {.continuous = "both"}).spec, "ksg");
  const Tensor years = at::arange(400, at::kLong);
  EXPECT_EQ(choose_estimator(years, classes).spec, "ross");
  EXPECT_EQ(Auto().estimate(years, classes).number(), ross(years, classes).number());
  EXPECT_EQ(choose_estimator(classes, years).spec, "ross");
  const Tensor parts = labels(400, 30, "parts"), clusters = labels(400, 30, "clusters");
  EXPECT_EQ(choose_estimator(parts, clusters).spec, "ksg");  // 350 of 900 pairs
  EXPECT_EQ(choose_estimator(parts, clusters, {.discrete = "both"}).spec, "grassberger");
  EXPECT_EQ(choose_estimator(normal({400, 1}, "x"), clusters, {.discrete = "x"}).spec,
            "grassberger");
  EXPECT_EQ(message_of<ValueError>([] { Auto({.discrete = "x", .continuous = "both"}); }),
            "auto: x cannot be both discrete and continuous");
  EXPECT_EQ(make_estimator(Auto({.continuous = "both"}).spec())->spec(), "auto(continuous=both)");
  EXPECT_EQ(message_of<ValueError>([] { Auto({.continuous = "z"}); }),
            "auto: continuous is x, y or both, not 'z'");
}

TEST(LayerForms, WithoutNoiseThereIsNoComplexity) {
  const Segment segment = small_segment(200, 3);
  for (const char* spec : {"auto", "ksg", "ross", "mixed_ksg", "kl", "gaussian", "cca"}) {
    for (const auto& both : make_estimator(spec)->evaluate(segment)) {
      EXPECT_FALSE(both.complexity.value.defined()) << spec;
      EXPECT_THAT(both.complexity.warnings, Contains(HasSubstr("infinite for a deterministic")));
      EXPECT_TRUE(both.generalization.value.defined()) << spec;
      EXPECT_EQ(both.generalization.estimator, make_estimator(spec)->spec());
    }
  }
}

TEST(LayerForms, NoiseIsTheSameAtEverySnapshot) {
  const Segment segment = small_segment(200, 3);
  for (const char* spec : {"ksg(noise=0.1)", "gaussian(noise=0.1)", "mixed_ksg(noise=0.1)"}) {
    const EstimatorPtr estimator = make_estimator(spec);
    const auto once = estimator->evaluate(segment), again = estimator->evaluate(segment);
    EXPECT_GT(once[0].complexity.number(), 0) << spec;
    EXPECT_EQ(once[0].complexity.number(), again[0].complexity.number()) << spec;
  }
  // Less noise, more information.
  EXPECT_GT(make_estimator("ksg(noise=0.05)")->evaluate(segment)[0].complexity.number(),
            make_estimator("ksg(noise=0.5)")->evaluate(segment)[0].complexity.number());
}

TEST(LayerForms, KnowTiesByTheirColumn) {
  const Tensor t = normal({100, 3}, "t");
  EXPECT_EQ(tie_share(t), 0);
  EXPECT_NEAR(tie_share(at::relu(t)), 0.5, 0.15);
  EXPECT_EQ(tie_share(at::ones({50, 2})), 0) << "a constant is no mixture";
}

// The last batch of an epoch, or a wide layer: a training must go on.
TEST(LayerForms, HaveNoValueWhereThereAreTooFewRows) {
  const Segment few = small_segment(3, 3);
  for (const char* spec :
       {"auto", "ksg", "ross(k=5)", "mixed_ksg", "kl", "weighted_kl", "gaussian", "gaussian_copula",
        "cca", "ksg(noise=0.1)", "lnc(noise=0.1)", "gaussian(noise=0.1)"}) {
    for (const auto& both : make_estimator(spec)->evaluate(few)) {
      EXPECT_FALSE(both.complexity.value.defined()) << spec;
      EXPECT_FALSE(both.complexity.warnings.empty()) << spec;
    }
  }
  const Estimate none = make_estimator("gaussian")->evaluate(few)[0].generalization;
  EXPECT_FALSE(none.value.defined());
  EXPECT_THAT(none.warnings, Contains(HasSubstr("no value")));
}

TEST(LayerForms, KeepTheOptionsOfTheEstimatorForLabels) {
  const Segment segment = small_segment(300, 3);
  for (const char* spec : {"ross(errors=true)", "ksg(errors=true)", "mixed_ksg(errors=true)"}) {
    EXPECT_GT(make_estimator(spec)->evaluate(segment)[0].generalization.standard_error, 0) << spec;
  }
}

TEST(LayerForms, TiesOfAnySnapshotThatWasFittedCount) {
  const Segment smooth = small_segment(200, 3);
  Segment tied = smooth;
  tied.layers[0].value = at::relu(tied.layers[0].value);
  const EstimatorPtr ross = make_estimator("ross");
  Fit first, both;
  ross->fit(smooth, first);
  ross->fit(smooth, both);
  ross->fit(tied, both);
  EXPECT_TRUE(ross->fits_whole_runs());
  const auto by = [&](const Fit& fit) {
    return ross->evaluate(smooth, fit)[0].generalization.number();
  };
  EXPECT_EQ(by(both),
            mixed_ksg(smooth.layers[0].value.flatten(1), smooth.y.unsqueeze(1), {.k = 3}).number());
  EXPECT_NE(by(first), by(both));
}

TEST(Auto, OnALayerSaysWhatItTook) {
  const auto found = Auto().evaluate(small_segment(200, 3));
  EXPECT_THAT(found[0].generalization.warnings, Contains("auto took ross(k=3): y is the class"));
}

}  // namespace
}  // namespace glow
