#include "cli/files.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "floor/fetch/fetch.hpp"

namespace barrow::cli {

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return fail(Fault::not_found, "there is no file " + path);
    if (std::filesystem::is_directory(status)) return fail(Fault::bad_input, path + " is a folder; name the file in it");
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Fault::bad_input, "cannot read " + path + "; may you read it?");
    std::string text;
    std::string piece(1 << 20, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
        if (text.size() > bytes_max)
            return fail(Fault::too_large, path + " is larger than " + std::to_string(bytes_max >> 20) + " MB; split it");
    }
    return text;
}

namespace {
Task<Result<fetch::FetchResponse>> get(fetch::Fetcher& fetcher, std::string url) {
    fetch::FetchRequest request{.url = std::move(url), .peer = fetch::Peer::named_in_config, .redirects_max = 3};
    co_return co_await fetcher.fetch(std::move(request));
}
}  // namespace

Result<std::string> fetch_text(const std::string& url) {
    const auto fetcher = fetch::open_fetcher();
    Loop loop;
    auto answer = TRY(loop.wait(get(*fetcher, url)));
    if (answer.status != 200) return fail(Fault::not_found, url + " answers with status " + std::to_string(answer.status));
    return std::move(answer.body);
}

Status write_file(const std::string& path, const std::function<Status(const Out&)>& write) {
    if (path.empty()) return write([](const std::string& text) { return std::fwrite(text.data(), 1, text.size(), stdout) == text.size(); });
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    if (!file) return fail(Fault::bad_input, "cannot write " + path);
    TRY(write([&](const std::string& text) { return static_cast<bool>(file << text); }));
    file.close();
    return file ? Status() : fail(Fault::storage, "cannot write all of " + path + "; is the disk full?");
}

}  // namespace barrow::cli
