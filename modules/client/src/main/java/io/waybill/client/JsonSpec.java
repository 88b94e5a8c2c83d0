package io.waybill.client;

/** A destination that was written as JSON. A class, because a record would print credentials. */
final class JsonSpec implements DestinationSpec {
  private final byte[] json;

  JsonSpec(byte[] json) {
    this.json = json.clone();
  }

  @Override
  public byte[] json() {
    return json.clone();
  }
}
