/**
 * The contract of channels as a test suite. The tests of each channel extend it with receivers of
 * their own kind; what it asserts is what the sender relies on.
 */
@NullMarked
package io.waybill.channel.contract;

import org.jspecify.annotations.NullMarked;
