// APPNOTE.TXT, PKWARE's specification of the format; section numbers below are its.
#include "glow/io/zip.h"

#include <zlib.h>

#include <algorithm>
#include <set>

#include "glow/core/error.h"

namespace glow::io {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50, kDirectoryEntry = 0x02014b50, kEnd = 0x06054b50,
                   kEnd64 = 0x06064b50, kEnd64Locator = 0x07064b50;
constexpr uint32_t kIn64 = 0xffffffff;  // the true value stands in a zip64 field
constexpr int64_t kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20, kLocalSize = 30;

// Little-endian numbers out of a piece of the file, each checked against the end of the piece.
class Fields {
 public:
  Fields(std::string bytes, const std::string& path, int64_t offset)
      : bytes_(std::move(bytes)), path_(path), offset_(offset) {}

  uint64_t number(size_t width) {
    uint64_t value = 0;
    for (const char c : reversed(text(width))) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  uint16_t u16() { return static_cast<uint16_t>(number(2)); }
  uint32_t u32() { return static_cast<uint32_t>(number(4)); }

  // Sizes and offsets, none of which can be as large as 2^63.
  int64_t i64() {
    const uint64_t value = number(8);
    if (value > INT64_MAX) fail("a size of {} bytes", value);
    return static_cast<int64_t>(value);
  }

  std::string text(size_t length) {
    if (length > bytes_.size() - next_) fail("the archive's directory breaks off");
    next_ += length;
    return bytes_.substr(next_ - length, length);
  }

  void signature(uint32_t expected, const char* what) {
    const uint32_t found = u32();
    if (found != expected) {
      next_ -= 4;
      fail("{} expected ({:08x}), found {:08x}", what, expected, found);
    }
  }

  bool done() const { return next_ == bytes_.size(); }

  template <class... A>
  [[noreturn]] void fail(fmt::format_string<A...> format, A&&... arguments) const {
    throw DataError("{}: byte {}: {}", path_, offset_ + static_cast<int64_t>(next_),
                    fmt::format(format, std::forward<A>(arguments)...));
  }

 private:
  static std::string reversed(std::string text) {
    std::reverse(text.begin(), text.end());
    return text;
  }

  std::string bytes_;
  const std::string& path_;
  int64_t offset_;
  size_t next_ = 0;
};

Fields fields_at(const InputFile& file, int64_t offset, int64_t count) {
  if (offset < 0 || count < 0 || count > file.size() || offset > file.size() - count) {
    throw DataError("{}: {} bytes expected at byte {}, the file has {}", file.path(), count, offset,
                    file.size());
  }
  std::string bytes(static_cast<size_t>(count), '\0');
  file.read_at(offset, bytes.data(), count);
  return Fields(std::move(bytes), file.path(), offset);
}

struct Directory {
  int64_t begin = 0, size = 0, entries = 0;
  int64_t end() const { return begin + size; }
};

// 4.3.16. A comment of up to 64 KiB may follow; nothing may follow the comment.
int64_t find_end(const InputFile& file) {
  const int64_t count = std::min<int64_t>(file.size(), kEndSize + 0xffff);
  std::string tail(static_cast<size_t>(count), '\0');
  file.read_at(file.size() - count, tail.data(), count);
  for (int64_t at = count - kEndSize; at >= 0; --at) {
    if (tail.compare(static_cast<size_t>(at), 4, "PK\5\6") != 0) continue;
    const auto byte = [&](int64_t i) { return static_cast<unsigned char>(tail[size_t(at + i)]); };
    if (at + kEndSize + (byte(20) | byte(21) << 8) == count) return file.size() - count + at;
  }
  throw DataError("{}: no zip archive, or one that is cut off", file.path());
}

// 4.3.14 and 4.3.15.
Directory read_end64(const InputFile& file, int64_t locator_at) {
  Fields locator = fields_at(file, locator_at, kLocatorSize);
  locator.signature(kEnd64Locator, "a zip64 locator");
  locator.number(4);
  const int64_t at = locator.i64();
  if (at != locator_at - kEnd64Size) locator.fail("the zip64 directory end is not where it says");
  Fields end = fields_at(file, at, kEnd64Size);
  end.signature(kEnd64, "a zip64 directory end");
  end.text(8 + 2 + 2);
  const bool one_part = end.u32() == 0 && end.u32() == 0;
  Directory directory;
  directory.entries = end.i64();
  if (!one_part || end.i64() != directory.entries) end.fail("an archive in several parts");
  directory.size = end.i64();
  directory.begin = end.i64();
  if (directory.size > at || directory.begin != at - directory.size) {
    end.fail("the directory does not end where the archive does");
  }
  return directory;
}

Directory read_end(const InputFile& file) {
  const int64_t at = find_end(file);
  Fields end = fields_at(file, at, kEndSize);
  end.signature(kEnd, "a directory end");
  const bool one_part = end.u16() == 0 && end.u16() == 0;
  Directory directory;
  directory.entries = end.u16();
  const bool same = end.u16() == directory.entries;
  directory.size = end.u32();
  directory.begin = end.u32();
  if (directory.entries == 0xffff || directory.size == kIn64 || directory.begin == kIn64) {
    return read_end64(file, at - kLocatorSize);
  }
  if (!one_part || !same) end.fail("an archive in several parts");
  if (directory.end() != at) end.fail("the directory does not end where the archive does");
  return directory;
}

// 4.5.3: what did not fit into 32 bits, in this order.
void read_zip64_field(Fields extra, ZipMember& member, int64_t& local) {
  while (!extra.done()) {
    const uint16_t id = extra.u16();
    const uint16_t length = extra.u16();
    if (id != 1) {
      extra.text(length);
      continue;
    }
    if (member.size == kIn64) member.size = extra.i64();
    if (member.compressed == kIn64) member.compressed = extra.i64();
    if (local == kIn64) local = extra.i64();
    return;
  }
}

void check_name(const Fields& at, const std::string& name) {
  if (name.empty() || name.find_first_of(std::string_view("/\\\0", 3)) != std::string::npos ||
      name.find("..") != std::string::npos) {
    at.fail("a member named '{}': names with / or .. are refused", name);
  }
}

// 4.3.12; gives where the member's local header stands.
int64_t read_entry(Fields& directory, const std::string& path, ZipMember& member) {
  directory.signature(kDirectoryEntry, "a directory entry");
  directory.text(2 + 2);
  const uint16_t flags = directory.u16();
  const uint16_t method = directory.u16();
  directory.text(2 + 2);
  member.crc = directory.u32();
  member.compressed = directory.u32();
  member.size = directory.u32();
  const uint16_t name = directory.u16(), extra = directory.u16(), comment = directory.u16();
  directory.text(2 + 2 + 4);
  int64_t local = directory.u32();
  member.name = directory.text(name);
  check_name(directory, member.name);
  read_zip64_field(Fields(directory.text(extra), path, 0), member, local);
  directory.text(comment);
  if (flags & 1) directory.fail("member '{}' is encrypted", member.name);
  if (method != 0 && method != 8) {
    directory.fail("member '{}' is compressed by method {}; stored (0) and deflated (8) are read",
                   member.name, method);
  }
  member.deflated = method == 8;
  if (!member.deflated && member.size != member.compressed) {
    directory.fail("member '{}' is stored, {} bytes, in {}", member.name, member.size,
                   member.compressed);
  }
  return local;
}

// 4.3.7: has to agree with the directory, so that every reader sees the same archive.
void read_local_header(const InputFile& file, int64_t at, int64_t end, ZipMember& member) {
  Fields head = fields_at(file, at, kLocalSize);
  head.signature(kLocalHeader, "a member");
  head.text(2 + 2);
  const uint16_t method = head.u16();
  head.text(2 + 2 + 4 + 4 + 4);
  const uint16_t name = head.u16(), extra = head.u16();
  Fields names = fields_at(file, at + kLocalSize, name);
  if (names.text(name) != member.name || method != (member.deflated ? 8 : 0)) {
    head.fail("member '{}' is another one than the directory says", member.name);
  }
  member.begin = at + kLocalSize + name + extra;
  if (member.compressed > end || member.begin > end - member.compressed) {
    head.fail("member '{}' is cut off or overlaps the next", member.name);
  }
}

template <class T>
void put(std::string& to, T value, size_t width) {
  for (size_t i = 0; i < width; ++i) {
    to.push_back(static_cast<char>(static_cast<uint64_t>(value) >> (8 * i) & 0xff));
  }
}

}  // namespace

std::vector<ZipMember> read_zip_directory(const InputFile& file) {
  const Directory end = read_end(file);
  Fields directory = fields_at(file, end.begin, end.size);
  std::vector<ZipMember> members;
  std::vector<std::pair<int64_t, size_t>> places;  // of the local headers
  std::set<std::string> names;
  for (int64_t i = 0; i < end.entries; ++i) {
    ZipMember member;
    places.emplace_back(read_entry(directory, file.path(), member), members.size());
    if (!names.insert(member.name).second) directory.fail("two members '{}'", member.name);
    members.push_back(std::move(member));
  }
  if (!directory.done()) directory.fail("more directory than {} members", end.entries);
  std::sort(places.begin(), places.end());
  for (size_t i = 0; i < places.size(); ++i) {
    const int64_t next = i + 1 < places.size() ? places[i + 1].first : end.begin;
    read_local_header(file, places[i].first, next, members[places[i].second]);
  }
  return members;
}

std::unique_ptr<ByteSource> open_member(const InputFile& file, const ZipMember& member) {
  std::string name = file.path() + ": " + member.name;
  return member.deflated
             ? deflated_bytes(file, std::move(name), member.begin, member.compressed, member.size,
                              member.crc)
             : stored_bytes(file, std::move(name), member.begin, member.size, member.crc);
}

void ZipWriter::write(std::string_view bytes) {
  file_.write(bytes);
  position_ += static_cast<int64_t>(bytes.size());
}

void ZipWriter::add(const std::string& name, std::string_view head, std::string_view body) {
  uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(head.data()), head.size());
  // Of no bytes there is no pointer to give: zlib would begin anew.
  if (!body.empty()) crc = crc32_z(crc, reinterpret_cast<const Bytef*>(body.data()), body.size());
  const Entry entry{name, static_cast<uint32_t>(crc),
                    static_cast<int64_t>(head.size() + body.size()), position_};
  const bool wide = entry.size >= zip64_from_;
  std::string local;
  put(local, kLocalHeader, 4);
  put(local, wide ? 45 : 20, 2);  // version needed
  put(local, 0x0800, 2);          // names are UTF-8
  put(local, 0, 2);               // stored
  put(local, 0x00210000, 4);      // 1980-01-01: the same content gives the same file
  put(local, entry.crc, 4);
  put(local, wide ? kIn64 : entry.size, 4);
  put(local, wide ? kIn64 : entry.size, 4);
  put(local, name.size(), 2);
  put(local, wide ? 20 : 0, 2);
  local += name;
  if (wide) {
    put(local, 1, 2);
    put(local, 16, 2);
    put(local, entry.size, 8);
    put(local, entry.size, 8);
  }
  write(local);
  write(head);
  write(body);
  entries_.push_back(entry);
}

std::string ZipWriter::directory_entry(const Entry& entry) const {
  const bool wide = entry.size >= zip64_from_, far = entry.offset >= zip64_from_;
  std::string extra;
  if (wide || far) {
    put(extra, 1, 2);
    put(extra, (wide ? 16 : 0) + (far ? 8 : 0), 2);
    if (wide) put(extra, entry.size, 8);
    if (wide) put(extra, entry.size, 8);
    if (far) put(extra, entry.offset, 8);
  }
  std::string out;
  put(out, kDirectoryEntry, 4);
  put(out, 45, 2);
  put(out, wide || far ? 45 : 20, 2);
  put(out, 0x0800, 2);
  put(out, 0, 2);
  put(out, 0x00210000, 4);
  put(out, entry.crc, 4);
  put(out, wide ? kIn64 : entry.size, 4);
  put(out, wide ? kIn64 : entry.size, 4);
  put(out, entry.name.size(), 2);
  put(out, extra.size(), 2);
  out.append(2 + 2 + 2 + 4, '\0');  // no comment, one part, no attributes
  put(out, far ? kIn64 : entry.offset, 4);
  return out + entry.name + extra;
}

void ZipWriter::finish() {
  const int64_t begin = position_;
  std::string directory;
  for (const auto& entry : entries_) directory += directory_entry(entry);
  const auto size = static_cast<int64_t>(directory.size());
  const auto count = static_cast<int64_t>(entries_.size());
  const bool wide = begin + size >= zip64_from_ || count >= 0xffff;
  if (wide) {
    put(directory, kEnd64, 4);
    put(directory, kEnd64Size - 12, 8);
    put(directory, 45, 2);
    put(directory, 45, 2);
    put(directory, 0, 4 + 4);
    put(directory, count, 8);
    put(directory, count, 8);
    put(directory, size, 8);
    put(directory, begin, 8);
    put(directory, kEnd64Locator, 4);
    put(directory, 0, 4);
    put(directory, begin + size, 8);
    put(directory, 1, 4);
  }
  put(directory, kEnd, 4);
  put(directory, 0, 2 + 2);
  put(directory, wide ? 0xffff : count, 2);
  put(directory, wide ? 0xffff : count, 2);
  put(directory, wide ? kIn64 : size, 4);
  put(directory, wide ? kIn64 : begin, 4);
  put(directory, 0, 2);
  write(directory);
}

}  // namespace glow::io
