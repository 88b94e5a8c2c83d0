package io.waybill.domain;

import java.util.Optional;

/** How a webhook is signed. A key of one algorithm is of no use to another. */
public enum SigningAlgorithm {
  /** HMAC-SHA256 of Standard Webhooks: {@code webhook-signature: v1,...}. */
  V1("v1"),
  /** Ed25519 of Standard Webhooks: {@code webhook-signature: v1a,...}; receivers need no secret. */
  V1A("v1a"),
  /** HMAC-SHA256 in headers: {@code X-Webhook-Signature: sha256=...}. */
  HEADERS("sha256");

  private final String word;

  SigningAlgorithm(String word) {
    this.word = word;
  }

  /** The word in JSON, in topics and before a signature. */
  public String word() {
    return word;
  }

  /** Reads {@link #word()}; case matters. */
  public static Optional<SigningAlgorithm> parse(String word) {
    for (SigningAlgorithm algorithm : values()) {
      if (algorithm.word.equals(word)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}
