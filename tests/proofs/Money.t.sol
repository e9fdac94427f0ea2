// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {ReporterPart} from "../../contracts/libraries/ReporterPart.sol";
import {StakePrice} from "../../contracts/libraries/StakePrice.sol";
import {ReporterPartReference} from "../../contracts/testing/references/ReporterPartReference.sol";
import {StakePriceReference} from "../../contracts/testing/references/StakePriceReference.sol";

/// @notice The stake's price and the reporter's part (requirements I-03, I-06): every second of some spans, for stakes at the ends of their range. (The solver decides no division of an unknown of 80 bits in a minute; `tests/forge` fuzzes the rest.)
contract MoneyProof {
    uint256 private constant MOST = 2 ** 80 - 1;

    /// @notice A stake that nobody has waited for gives no part.
    function check_noPartAtFirst(uint96 stakeWei, uint16 fullBps) external pure {
        assert(ReporterPart.ofStake(stakeWei, fullBps, 0, 172_800) == 0);
    }

    /// @notice Every second of three half-lives of an hour.
    function test_everySecondOfAnHoursHalfLife() external pure {
        _fall(MOST, 3_600);
        _fall(MOST - 1, 3_600);
        _fall(1 ether, 3_600);
        _fall(17, 3_600);
        _fall(0, 3_600);
    }

    /// @notice Every second of three half-lives of a day.
    function test_everySecondOfADaysHalfLife() external pure {
        _fall(MOST, 86_400);
        _fall(1 ether + 1, 86_400);
    }

    /// @notice The shortest half-lives, and every second of them.
    function test_everySecondOfShortHalfLives() external pure {
        for (uint256 halfLife = 1; halfLife < 70; ++halfLife) {
            _fall(MOST, halfLife);
            _fall(1 gwei + halfLife, halfLife);
        }
    }

    /// @notice Every growth that terms allow, at the least and the greatest stake.
    function test_everyGrowth() external pure {
        for (uint256 growthBps = 0; growthBps <= 10_000; ++growthBps) {
            _rise(1 gwei, 1 gwei, growthBps);
            _rise(2 ** 81 - 1, MOST, growthBps);
            _rise(2 ** 81 - 1, 1 gwei, growthBps);
        }
    }

    /// @notice Every second from when reports open until past the sweep, two days, and the greatest stake.
    function test_everySecondOfTwoDays() external pure {
        _grow(type(uint96).max, 1_000, 172_800);
        _grow(1 gwei, 5_000, 172_800);
        _grow(1_000_000_000_007, 333, 172_800);
    }

    /// @notice Every part that terms allow, at the shortest spans.
    function test_everyPart() external pure {
        for (uint256 fullBps = 0; fullBps <= 5_000; ++fullBps) {
            for (uint256 span = 1; span < 4; ++span) _grow(type(uint96).max - fullBps, fullBps, span);
        }
    }

    /// @dev Never rises, is the reference's, and halves at each half-life.
    function _fall(uint256 excessWei, uint256 halfLife) private pure {
        uint256 last = excessWei;
        for (uint256 t = 0; t <= 3 * halfLife; ++t) {
            uint256 left = StakePrice.decayed(excessWei, t, halfLife);
            assert(left <= last);
            assert(left == StakePriceReference.decayed(excessWei, t, halfLife));
            if (t % halfLife == 0) assert(left == excessWei >> (t / halfLife));
            last = left;
        }
    }

    function _rise(uint256 stakeWei, uint256 floorWei, uint256 growthBps) private pure {
        uint256 excess = StakePrice.raised(stakeWei, floorWei, growthBps);
        assert(excess == StakePriceReference.raised(stakeWei, floorWei, growthBps));
    }

    /// @dev Never falls, is the reference's, nothing at first and the full part in the end.
    function _grow(uint256 stakeWei, uint256 fullBps, uint256 span) private pure {
        uint256 last = 0;
        for (uint256 t = 0; t <= span + 2; ++t) {
            uint256 part = ReporterPart.ofStake(stakeWei, fullBps, t, span);
            assert(part >= last && (t > 0 || part == 0));
            assert(part == ReporterPartReference.ofStake(stakeWei, fullBps, t, span));
            last = part;
        }
        assert(last == (stakeWei * fullBps) / 10_000);
    }
}
