#include "glow/io/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "glow/core/console.h"
#include "glow/core/error.h"
#include "glow/core/text.h"

namespace glow::io {
namespace {

constexpr std::string_view kSuffix = ".glow-tmp";

[[noreturn]] void cannot_write(const std::string& path, int error) {
  throw Error("cannot write {}: {}", path, std::generic_category().message(error));
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// 0, or the error number: after a signal or a part written, the rest is tried again.
int write_fully(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

int flush(int descriptor) {
  // Pipes, devices and some network file systems cannot be flushed: EINVAL is no loss of data.
  return ::fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

int flush_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = flush(descriptor);
  ::close(descriptor);
  return error;
}

int64_t size_of(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : 0;
}

}  // namespace

AtomicFile::AtomicFile(const std::string& path) : path_(path) {
  if (std::filesystem::is_directory(path)) cannot_write(path, EISDIR);
  static std::atomic<int> counter{0};
  // A process of another machine may have our number, so a name that exists is not an error.
  do {
    temporary_ = fmt::format("{}/.{}.{}{}", folder_of(path), ::getpid(), ++counter, kSuffix);
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0) cannot_write(path, errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::fail(int error) {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  ::unlink(temporary_.c_str());
  cannot_write(path_, error);
}

void AtomicFile::write(std::string_view bytes) {
  if (descriptor_ < 0) throw StateError("{} is written to after it was committed", path_);
  if (const int error = write_fully(descriptor_, bytes)) fail(error);
}

void AtomicFile::commit() {
  if (descriptor_ < 0) throw StateError("{} is committed twice", path_);
  if (const int error = flush(descriptor_)) fail(error);
  // Network file systems report a full disk only here.
  if (::close(std::exchange(descriptor_, -1)) != 0) fail(errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(errno);
  if (const int error = flush_folder(folder_of(path_))) cannot_write(path_, error);
}

void write_atomic(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void remove_stale_temporaries(const std::string& folder) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with('.') || !name.ends_with(kSuffix)) continue;
    int64_t process = 0;
    if (!parse_number(split(name, '.')[1], process) || process <= 0) continue;
    if (::kill(static_cast<pid_t>(process), 0) == 0 || errno != ESRCH) continue;
    std::filesystem::remove(entry.path(), ignored);
  }
}

AppendFile::AppendFile(const std::string& path) : path_(path) {
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) cannot_write(path, errno);
  cut_incomplete_line();
}

void AppendFile::cut_incomplete_line() {
  const int64_t size = size_of(descriptor_);
  int64_t whole = size;
  char last = 0;
  while (whole > 0 && ::pread(descriptor_, &last, 1, whole - 1) == 1 && last != '\n') --whole;
  if (whole == size) return;
  if (::ftruncate(descriptor_, whole) != 0) cannot_write(path_, errno);
  warn(fmt::format("{}: its last line was incomplete and is cut off ({} bytes)", path_,
                   size - whole));
}

AppendFile::~AppendFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

AppendFile::AppendFile(AppendFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

AppendFile& AppendFile::operator=(AppendFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void AppendFile::append_line(std::string_view line) {
  if (descriptor_ < 0) throw StateError("{} is written to after it was closed", path_);
  const int64_t before = size_of(descriptor_);
  std::string whole(line);
  whole += '\n';
  if (const int error = write_fully(descriptor_, whole)) {
    // A part of the line may have found room. Where it cannot be taken back either, the next
    // opening cuts it off.
    [[maybe_unused]] const int result = ::ftruncate(descriptor_, before);
    cannot_write(path_, error);
  }
}

void AppendFile::close() {
  if (descriptor_ < 0) return;
  const int flushed = flush(descriptor_);
  const int closed = ::close(std::exchange(descriptor_, -1)) == 0 ? 0 : errno;
  if (flushed || closed) cannot_write(path_, flushed ? flushed : closed);
}

int64_t AppendFile::size() const { return size_of(descriptor_); }

}  // namespace glow::io
