#include "glow/io/byte_source.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "glow/core/error.h"

namespace glow::io {
namespace {

// A deflate stream cannot grow by more: 258 bytes out of two bits (zlib's technical notes).
constexpr int64_t kMostRatio = 1032;

class StoredSource : public ByteSource {
 public:
  StoredSource(const InputFile& file, std::string name, int64_t begin, int64_t count, int64_t crc)
      : ByteSource(std::move(name)), file_(file), begin_(begin), count_(count), expected_(crc) {}

  int64_t size() const override { return count_; }
  int64_t most() const override { return count_; }

  void finish() override {
    if (position() < count_) {
      throw DataError("{}: {} bytes too many, from byte {}", name(), count_ - position(),
                      position());
    }
    if (expected_ >= 0 && static_cast<int64_t>(crc_) != expected_) {
      throw DataError("{}: checksum {:08x} expected, {:08x} found", name(), expected_, crc_);
    }
  }

 protected:
  int64_t read_some(void* to, int64_t count) override {
    count = std::min(count, count_ - position());
    file_.read_at(begin_ + position(), to, count);
    if (expected_ >= 0) {
      crc_ = crc32_z(crc_, static_cast<const Bytef*>(to), static_cast<size_t>(count));
    }
    return count;
  }

 private:
  const InputFile& file_;
  int64_t begin_, count_, expected_;
  uLong crc_ = 0;
};

class InflateSource : public ByteSource {
 public:
  enum class Wrapping { kRaw, kGzip };

  InflateSource(const InputFile& file, std::string name, int64_t begin, int64_t count,
                Wrapping wrapping, int64_t size = -1, int64_t crc = -1)
      : ByteSource(std::move(name)),
        file_(file),
        next_(begin),
        end_(begin + count),
        size_(size),
        most_(size >= 0 ? std::min(size, count * kMostRatio) : count * kMostRatio),
        expected_(crc) {
    // zlib's window bits: negative for a raw stream, 16 more for a gzip one.
    if (inflateInit2(&stream_, wrapping == Wrapping::kRaw ? -MAX_WBITS : MAX_WBITS + 16) != Z_OK) {
      throw Error("{}: no memory to inflate it", this->name());
    }
  }
  ~InflateSource() override { inflateEnd(&stream_); }

  int64_t size() const override { return size_; }
  int64_t most() const override { return most_; }

  void finish() override {
    char extra = 0;
    if (inflate_some(&extra, 1) != 0) {
      throw DataError("{}: more content than the {} bytes expected", name(), position());
    }
    const int64_t left = end_ - next_ + stream_.avail_in;
    if (left > 0) {
      throw DataError("{}: {} bytes after the end of the compressed stream", name(), left);
    }
    if (expected_ >= 0 && static_cast<int64_t>(crc_) != expected_) {
      throw DataError("{}: checksum {:08x} expected, {:08x} found", name(), expected_, crc_);
    }
  }

 protected:
  int64_t read_some(void* to, int64_t count) override {
    const int64_t got = inflate_some(to, count);
    if (expected_ >= 0) {
      crc_ = crc32_z(crc_, static_cast<const Bytef*>(to), static_cast<size_t>(got));
    }
    return got;
  }

 private:
  // Up to `count` bytes, fewer only at the end of the stream.
  int64_t inflate_some(void* to, int64_t count) {
    // zlib counts in unsigned int.
    count = std::min<int64_t>(count, std::numeric_limits<uInt>::max() / 2);
    stream_.next_out = static_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(count);
    while (stream_.avail_out > 0 && !ended_) {
      refill();
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        ended_ = true;
      } else if (status == Z_BUF_ERROR) {
        throw DataError("{}: truncated: the compressed stream breaks off at byte {}", name(), end_);
      } else if (status != Z_OK) {
        throw DataError("{}: damaged compressed stream before byte {}: {}", name(),
                        next_ - stream_.avail_in, stream_.msg ? stream_.msg : "unknown error");
      }
    }
    return count - stream_.avail_out;
  }

  void refill() {
    if (stream_.avail_in > 0 || next_ == end_) return;
    const int64_t count = std::min<int64_t>(buffer_.size(), end_ - next_);
    file_.read_at(next_, buffer_.data(), count);
    next_ += count;
    stream_.next_in = buffer_.data();
    stream_.avail_in = static_cast<uInt>(count);
  }

  const InputFile& file_;
  int64_t next_, end_;  // of the compressed bytes that are not in the buffer yet
  int64_t size_, most_, expected_;
  uLong crc_ = 0;
  bool ended_ = false;
  z_stream stream_{};
  std::array<Bytef, 1 << 16> buffer_;
};

}  // namespace

void ByteSource::read(void* to, int64_t count) {
  auto* out = static_cast<char*>(to);
  while (count > 0) {
    const int64_t got = read_some(out, count);
    if (got == 0) {
      throw DataError("{}: truncated at byte {}, {} more expected", name_, position_, count);
    }
    out += got;
    count -= got;
    position_ += got;
  }
}

std::unique_ptr<ByteSource> stored_bytes(const InputFile& file, std::string name, int64_t begin,
                                         int64_t count, int64_t crc) {
  return std::make_unique<StoredSource>(file, std::move(name), begin, count, crc);
}

std::unique_ptr<ByteSource> deflated_bytes(const InputFile& file, std::string name, int64_t begin,
                                           int64_t count, int64_t size, int64_t crc) {
  return std::make_unique<InflateSource>(file, std::move(name), begin, count,
                                         InflateSource::Wrapping::kRaw, size, crc);
}

std::unique_ptr<ByteSource> open_plain_or_gzip(const InputFile& file) {
  std::array<unsigned char, 2> magic{};
  if (file.size() >= 2) file.read_at(0, magic.data(), 2);
  if (magic[0] != 0x1f || magic[1] != 0x8b) {
    return stored_bytes(file, file.path(), 0, file.size());
  }
  return std::make_unique<InflateSource>(file, file.path(), 0, file.size(),
                                         InflateSource::Wrapping::kGzip);
}

}  // namespace glow::io
