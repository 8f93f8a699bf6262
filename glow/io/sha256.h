// SHA-256 (FIPS 180-4), by which data sets are recognised.
#pragma once

#include <string>
#include <string_view>

namespace glow::io {

/// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// Of a file's content, read in pieces. Throws Error.
std::string sha256_file(const std::string& path);

}  // namespace glow::io
