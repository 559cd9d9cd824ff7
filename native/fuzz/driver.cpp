// Stand-alone driver for the fuzz targets: replays a kept corpus, then mutates it, seeded, for a given time.
//
//   target_fuzz [--seconds N] [--seed S] CORPUS_DIRECTORY
//
// GCC brings no libFuzzer; the targets keep its entry point, so that it can drive them where there is one. The input
// that kills a target is written to <program>.crash, whatever kills it: a sanitizer, a signal or ten seconds without
// an end. Kept in the corpus directory, it is replayed for ever after.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kMaxInputBytes = 4096;
constexpr unsigned kHangSeconds = 10;
constexpr unsigned kInputsPerClockReading = 64;

struct Options {
    double seconds = 0;
    std::uint64_t seed = 1;
    std::string corpus;
};

// What runs now, for the handlers below: they may only use system calls.
std::string crash_path;
const Input* running = nullptr;

void save_running() {
    if (running == nullptr) return;
    const int file = open(crash_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) return;
    const ssize_t written = write(file, running->data(), running->size());
    const char text[] = "the input is kept in ";
    const bool told = written >= 0 && write(2, text, sizeof text - 1) > 0 &&
                      write(2, crash_path.data(), crash_path.size()) > 0 && write(2, "\n", 1) > 0;
    close(file);
    if (told) running = nullptr;
}

void on_signal(int number) {
    save_running();
    std::signal(number, SIG_DFL);
    std::raise(number);
}

void watch() {
    if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(&save_running);
    for (const int number : {SIGABRT, SIGILL, SIGTRAP, SIGALRM}) std::signal(number, &on_signal);
    // Under a sanitizer these are its own to report; without one they come here.
    if (__sanitizer_set_death_callback == nullptr) {
        for (const int number : {SIGSEGV, SIGBUS, SIGFPE}) std::signal(number, &on_signal);
    }
}

void run(const Input& input) {
    running = &input;
    // A copy of the exact size: a sanitizer then sees every byte read beyond the end.
    const Input exact(input.begin(), input.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    running = nullptr;
}

std::vector<Input> read_corpus(const std::string& directory) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());  // the order decides what a seed means
    std::vector<Input> corpus;
    for (const auto& path : paths) {
        std::ifstream file(path, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return corpus;
}

class Mutator {
public:
    Mutator(std::vector<Input> corpus, std::uint64_t seed) : corpus_(std::move(corpus)), random_(seed) {
        if (corpus_.empty()) corpus_.emplace_back();
    }

    Input next() {
        Input input = corpus_[below(corpus_.size())];
        for (std::size_t changes = 1 + below(6); changes > 0; --changes) change(input);
        if (input.size() > kMaxInputBytes) input.resize(kMaxInputBytes);
        return input;
    }

private:
    std::size_t below(std::size_t bound) { return random_() % bound; }

    void change(Input& input) {
        static constexpr std::uint8_t kEdges[] = {0, 1, 0x7F, 0x80, 0xFF, 0x10, 0x40, 0xC0, 3};
        const std::size_t at = input.empty() ? 0 : below(input.size());
        switch (below(input.empty() ? 2 : 8)) {
            case 0: return insert_noise(input, at);
            case 1: return splice(input, at);
            case 2: input[at] ^= static_cast<std::uint8_t>(1u << below(8)); return;
            case 3: input[at] = static_cast<std::uint8_t>(random_()); return;
            case 4: input[at] = kEdges[below(std::size(kEdges))]; return;
            case 5: input[at] = static_cast<std::uint8_t>(input[at] + below(9) - 4); return;
            case 6: input.resize(at); return;
            default: return erase(input, at);
        }
    }

    void insert_noise(Input& input, std::size_t at) {
        Input noise(1 + below(16));
        for (auto& byte : noise) byte = static_cast<std::uint8_t>(random_());
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), noise.begin(), noise.end());
    }

    void splice(Input& input, std::size_t at) {
        const Input& other = corpus_[below(corpus_.size())];
        if (other.empty()) return;
        const std::size_t from = below(other.size());
        const std::size_t bytes = 1 + below(other.size() - from);
        const auto begin = other.begin() + static_cast<std::ptrdiff_t>(from);
        input.insert(input.begin() + static_cast<std::ptrdiff_t>(at), begin, begin + static_cast<std::ptrdiff_t>(bytes));
    }

    void erase(Input& input, std::size_t at) {
        const std::size_t bytes = 1 + below(std::min<std::size_t>(input.size() - at, 32));
        const auto begin = input.begin() + static_cast<std::ptrdiff_t>(at);
        input.erase(begin, begin + static_cast<std::ptrdiff_t>(bytes));
    }

    std::vector<Input> corpus_;
    std::mt19937_64 random_;
};

std::uint64_t mutate_for(Mutator& mutator, double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    std::uint64_t inputs = 0;
    while (Clock::now() < end) {
        alarm(kHangSeconds);
        for (unsigned i = 0; i < kInputsPerClockReading; ++i, ++inputs) run(mutator.next());
    }
    alarm(0);
    return inputs;
}

bool parse(int count, char** arguments, Options& options) {
    for (int i = 1; i < count; ++i) {
        const std::string argument = arguments[i];
        const bool has_value = i + 1 < count;
        if (argument == "--seconds" && has_value) {
            options.seconds = std::atof(arguments[++i]);
        } else if (argument == "--seed" && has_value) {
            options.seed = std::strtoull(arguments[++i], nullptr, 10);
        } else if (options.corpus.empty() && argument[0] != '-') {
            options.corpus = argument;
        } else {
            return false;
        }
    }
    return std::filesystem::is_directory(options.corpus);
}

}  // namespace

int main(int count, char** arguments) {
    Options options;
    if (!parse(count, arguments, options)) {
        std::fprintf(stderr, "usage: %s [--seconds N] [--seed S] CORPUS_DIRECTORY\n", arguments[0]);
        return 2;
    }
    crash_path = std::string(arguments[0]) + ".crash";
    watch();
    const std::vector<Input> corpus = read_corpus(options.corpus);
    for (const Input& input : corpus) run(input);
    Mutator mutator(corpus, options.seed);
    const std::uint64_t mutated = mutate_for(mutator, options.seconds);
    std::printf("%s: %zu kept and %llu mutated inputs, seed %llu\n", arguments[0], corpus.size(),
                static_cast<unsigned long long>(mutated), static_cast<unsigned long long>(options.seed));
    return 0;
}
