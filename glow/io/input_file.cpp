#include "glow/io/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "glow/core/error.h"

namespace glow::io {
namespace {

[[noreturn]] void cannot_read(const std::string& path, const std::string& reason) {
  throw Error("cannot read {}: {}", path, reason);
}

std::string message_of(int error) { return std::generic_category().message(error); }

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) cannot_read(path, message_of(errno));
  struct stat status {};
  const int result = ::fstat(descriptor_, &status);
  const int error = errno;
  if (result == 0 && S_ISREG(status.st_mode)) {
    size_ = status.st_size;
    return;
  }
  ::close(descriptor_);
  if (result != 0) cannot_read(path, message_of(error));
  cannot_read(path, S_ISDIR(status.st_mode) ? "it is a folder" : "it is no regular file");
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read_at(int64_t offset, void* to, int64_t count) const {
  auto* out = static_cast<char*>(to);
  while (count > 0) {
    const ssize_t got = ::pread(descriptor_, out, static_cast<size_t>(count), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) cannot_read(path_, message_of(errno));
    if (got == 0) throw DataError("{}: ends at byte {}, {} more expected", path_, offset, count);
    out += got;
    offset += got;
    count -= got;
  }
}

std::string read_file(const std::string& path, int64_t limit) {
  const InputFile file(path);
  if (file.size() > limit) {
    throw DataError("{}: {} bytes, at most {} expected", path, file.size(), limit);
  }
  std::string bytes(static_cast<size_t>(file.size()), '\0');
  file.read_at(0, bytes.data(), file.size());
  return bytes;
}

}  // namespace glow::io
