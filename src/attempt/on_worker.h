#pragma once

#include <memory>
#include <utility>

#include "attempt/attempt.h"

namespace fleet::attempt {

template <class Work, class Then>
void Attempt::on_worker(Work work, Then then) {
  services_.workers.submit_for(std::move(work), [self = shared_from_this(), then = std::move(then)](
                                                    auto result) mutable { then(std::move(result)); });
}

}  // namespace fleet::attempt
