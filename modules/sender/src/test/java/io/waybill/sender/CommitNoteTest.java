package io.waybill.sender;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What is written beside an offset comes back unchanged, and nothing else is ever believed. */
class CommitNoteTest {
  private static final TopicPartition PARTITION = new TopicPartition("waybill.tasks.webhook", 3);

  @Provide
  Arbitrary<CommitNote> notes() {
    Arbitrary<Long> lengths =
        Arbitraries.oneOf(
            Arbitraries.longs().between(1, 3),
            Arbitraries.longs().between(126, 130),
            Arbitraries.longs().between(1, 3_000_000_000L));
    Arbitrary<List<Long>> runs = lengths.list().ofMaxSize(120);
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.longs().greaterOrEqual(0),
            Arbitraries.longs().between(0, 1L << 50),
            runs,
            Arbitraries.of(true, false))
        .as(CommitNoteTest::note);
  }

  private static CommitNote note(
      long session, long batch, long base, List<Long> runs, boolean beginsComplete) {
    List<OffsetRange> complete = new ArrayList<>();
    long at = base;
    for (int i = 0; i + 1 < runs.size(); i += 2) {
      long from = at + (i == 0 && beginsComplete ? 0 : runs.get(i));
      at = from + runs.get(i + 1);
      complete.add(new OffsetRange(from, at));
    }
    return new CommitNote(session, batch, base, complete);
  }

  @Property
  void comesBackUnchangedAndIsAsLongAsForetold(@ForAll("notes") CommitNote note) {
    OffsetAndMetadata commit = note.toCommit(PARTITION);
    assertThat(commit.offset()).isEqualTo(note.base());
    assertThat(CommitNote.of(PARTITION, commit)).contains(note);
    assertThat(commit.metadata())
        .hasSize(CommitNote.length(note.base(), note.complete()))
        .matches("[A-Za-z0-9._-]+");
  }

  @Property(tries = 300)
  void isNotBelievedWhenOneCharacterDiffers(
      @ForAll("notes") CommitNote note, @ForAll int place, @ForAll char other) {
    OffsetAndMetadata commit = note.toCommit(PARTITION);
    StringBuilder text = new StringBuilder(commit.metadata());
    int at = Math.floorMod(place, text.length());
    if (text.charAt(at) == other) {
      return;
    }
    text.setCharAt(at, other);
    // The last character has bits that mean nothing, so the same note may come back; no other.
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(commit.offset(), text.toString())))
        .satisfiesAnyOf(
            found -> assertThat(found).isEmpty(), found -> assertThat(found).contains(note));
  }

  @Property(tries = 300)
  void isNotBelievedWhenItIsCutOrHasMore(
      @ForAll("notes") CommitNote note, @ForAll int place, @ForAll String more) {
    OffsetAndMetadata commit = note.toCommit(PARTITION);
    String text = commit.metadata();
    String cut = text.substring(0, Math.floorMod(place, text.length()));
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(commit.offset(), cut))).isEmpty();
    if (!more.isEmpty() && !more.matches("=+")) {
      assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(commit.offset(), text + more)))
          .isEmpty();
    }
  }

  @Property(tries = 300)
  void isNotBelievedForAnotherPartitionOrOffset(@ForAll("notes") CommitNote note) {
    OffsetAndMetadata commit = note.toCommit(PARTITION);
    TopicPartition sibling = new TopicPartition(PARTITION.topic(), 4);
    TopicPartition express = new TopicPartition(PARTITION.topic() + ".express", 3);
    assertThat(CommitNote.of(sibling, commit)).isEmpty();
    assertThat(CommitNote.of(express, commit)).isEmpty();
    OffsetAndMetadata moved = new OffsetAndMetadata(commit.offset() + 1, commit.metadata());
    assertThat(CommitNote.of(PARTITION, moved)).isEmpty();
  }

  @Property(tries = 300)
  void noTextOfOthersIsBelieved(@ForAll String text) {
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(5, text))).isEmpty();
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(5, "waybill-1." + text))).isEmpty();
  }

  /** Runs that no sender writes, under a checksum that is right. */
  @Example
  void impossibleRunsAreNotBelieved() throws Exception {
    byte[] most = new byte[9];
    Arrays.fill(most, (byte) 0xff);
    most[8] = 0x7f;
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0x80);
    assertThat(CommitNote.of(PARTITION, signed(bytes(2, 3)))).isPresent();
    assertThat(CommitNote.of(PARTITION, signed(bytes(2)))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(bytes(2, 0)))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(bytes(2, 3, 0, 3)))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(concat(bytes(1), most)))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(concat(most, bytes(1))))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(concat(most, most)))).isEmpty();
    assertThat(CommitNote.of(PARTITION, signed(concat(endless, bytes(1))))).isEmpty();
  }

  private static OffsetAndMetadata signed(byte[] runs) throws Exception {
    ByteBuffer body = ByteBuffer.allocate(24 + runs.length);
    body.putLong(1).putLong(2).putLong(100).put(runs);
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update((PARTITION.topic() + "/" + PARTITION.partition() + "/").getBytes());
    byte[] sum = Arrays.copyOf(digest.digest(body.array()), 8);
    return new OffsetAndMetadata(
        100,
        "waybill-1."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(concat(sum, body.array())));
  }

  private static byte[] bytes(int... values) {
    byte[] all = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      all[i] = (byte) values[i];
    }
    return all;
  }

  private static byte[] concat(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }

  /** Each unfinished, and between two of them as many done as there may be within days. */
  @Example
  void alwaysFitsForAsManyAsAPartitionHoldsByDefault() {
    long base = 1L << 50;
    List<OffsetRange> complete = new ArrayList<>();
    long at = base;
    for (int i = 0; i < SenderLimits.defaults().perPartition(); i++) {
      complete.add(new OffsetRange(at + 1, at + (1L << 28)));
      at += 1L << 28;
    }
    assertThat(CommitNote.length(base, complete)).isLessThanOrEqualTo(CommitNote.LONGEST);
    assertThat(new CommitNote(-1, Long.MAX_VALUE, base, complete).toCommit(PARTITION).metadata())
        .hasSizeLessThanOrEqualTo(CommitNote.LONGEST);
  }

  @Example
  void aCommitWithoutANoteSaysNothing() {
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(5))).isEmpty();
    assertThat(CommitNote.of(PARTITION, new OffsetAndMetadata(5, ""))).isEmpty();
  }
}
