// The numbers of the page's plots, as JSON.
#pragma once

#include <string>
#include <vector>

#include "glow/report/report_data.h"
#include "glow/report/view.h"

namespace glow::report {

/// Curves of the history that share an axis: `loss` and `val_loss`.
struct HistoryGroup {
  std::string title;  // loss
  std::vector<std::string> names;
};
std::vector<HistoryGroup> history_groups(const std::vector<RunData>& runs);

/// Safe inside a script element: no `<` is left in it.
std::string page_data(const std::vector<RunData>& runs,
                      const std::vector<std::vector<View>>& planes);

}  // namespace glow::report
