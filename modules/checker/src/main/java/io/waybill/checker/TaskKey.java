package io.waybill.checker;

/** One delivery to one destination, as histories and topics name it alike. */
record TaskKey(String deliveryId, String destinationId) implements Comparable<TaskKey> {
  @Override
  public int compareTo(TaskKey other) {
    int byDelivery = deliveryId.compareTo(other.deliveryId);
    return byDelivery != 0 ? byDelivery : destinationId.compareTo(other.destinationId);
  }

  @Override
  public String toString() {
    return deliveryId + " to " + destinationId;
  }
}
