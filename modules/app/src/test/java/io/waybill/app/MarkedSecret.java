package io.waybill.app;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A credential that can be recognised wherever it leaks, as it was given and as the bytes that it
 * stands for. A class, because a record would print it.
 */
final class MarkedSecret {
  private final String text;
  private final List<Marker> markers;

  private MarkedSecret(String text, Marker... markers) {
    this.text = text;
    this.markers = List.of(markers);
  }

  /** A text without a form of its own. */
  static MarkedSecret text(String meaning) {
    Marker marker = new Marker(meaning);
    return new MarkedSecret(marker.text(), marker);
  }

  /** A secret of Standard Webhooks v1. */
  static MarkedSecret v1(String meaning) {
    Marker key = new Marker(meaning);
    String given = base64(key.text().getBytes(US_ASCII));
    return new MarkedSecret(
        "whsec_" + given, key, new Marker(meaning + " as given", given.replace("=", "")));
  }

  /** A private key of Standard Webhooks v1a; its public half is no secret. */
  static MarkedSecret v1a(String meaning) {
    Marker seed = new Marker(meaning);
    String given = base64(identity(seed).pair());
    return new MarkedSecret(
        "whsk_" + given, seed, new Marker(meaning + " as given", given.substring(0, 40)));
  }

  /** The key of a client's certificate. */
  static MarkedSecret clientKey(String meaning, Marker seed) {
    String pem = identity(seed).keyPem();
    // Behind what all such keys begin with.
    String given = pem.lines().skip(1).findFirst().orElseThrow().substring(24);
    return new MarkedSecret(pem, seed, new Marker(meaning + " as given", given));
  }

  /** The key and the certificate for it. */
  static Ed25519Identity identity(Marker seed) {
    return Ed25519Identity.of(Optional.of(seed.text().getBytes(US_ASCII)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  String text() {
    return text;
  }

  List<Marker> markers() {
    return markers;
  }
}
