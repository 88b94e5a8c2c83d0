package io.waybill.fanout;

import io.waybill.domain.Reason;
import java.util.Optional;

/** What a request can be recognised by, in the order in which it is claimed. */
enum ClaimKind {
  DELIVERY_ID("delivery-id", 1, "deliveryId", Reason.DELIVERY_ID_CONFLICT),
  /**
   * Last, because the last claim is made in the very transaction that emits the tasks: whatever
   * refuses a request on its way, its idempotency key is not used up. A delivery id that was
   * claimed before its request was refused is no loss: it names that refused delivery for good.
   */
  IDEMPOTENCY_KEY("idempotency-key", 2, "options.idempotencyKey", Reason.IDEMPOTENCY_CONFLICT);

  private final String word;
  private final byte code;
  private final String field;
  private final Reason conflict;

  ClaimKind(String word, int code, String field, Reason conflict) {
    this.word = word;
    this.code = (byte) code;
    this.field = field;
    this.conflict = conflict;
  }

  /** The word in headers and store keys. */
  String word() {
    return word;
  }

  /** The byte in keys of the store of held requests; 0 there means none. */
  byte code() {
    return code;
  }

  static Optional<ClaimKind> ofCode(byte code) {
    for (ClaimKind kind : values()) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** The request's field, as its writer knows it. */
  String field() {
    return field;
  }

  /** Why a request with other content is rejected. */
  Reason conflict() {
    return conflict;
  }

  static Optional<ClaimKind> parse(String word) {
    for (ClaimKind kind : values()) {
      if (kind.word.equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
