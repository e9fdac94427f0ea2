// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Sponsorship} from "../../../contracts/sponsorship/Sponsorship.sol";
import {HostileCollaboration} from "../../../contracts/testing/mocks/HostileCollaboration.sol";
import {Contribution} from "../../../interfaces/IDataHandler.sol";
import {GasClaim, IReimbursement, PoolTerms} from "../../../interfaces/IReimbursement.sol";
import {ISponsorship, SponsoredContribution} from "../../../interfaces/ISponsorship.sol";

/// @notice Cheat codes for senders that begin their transactions, keys and fees.
interface SponsorVm {
    function addr(uint256 key) external returns (address);
    function sign(uint256 key, bytes32 digest) external returns (uint8 v, bytes32 r, bytes32 s);
    function prank(address sender, address origin) external;
    function deal(address account, uint256 balance) external;
    function fee(uint256 baseFee) external;
    function warp(uint256 time) external;
    function getBlockTimestamp() external view returns (uint256);
}

/// @title Several people, one sponsorship contract and two collaborations that lie as they like
/// @notice Actions may fail; how many came through is counted by kind. Whatever happens, ether held is ether owed.
contract SponsorshipHandler {
    SponsorVm private constant CHEAT = SponsorVm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 public constant ACTORS = 4;
    uint256 public constant KINDS = 9;

    Sponsorship public immutable SPONSORSHIP;
    HostileCollaboration[2] public places;
    mapping(uint256 kind => uint256) public successes;
    uint256 public refusals;
    uint256 private _nonce;

    constructor() {
        SPONSORSHIP = new Sponsorship();
        CHEAT.warp(1_800_000_000);
        for (uint256 i = 0; i < 2; ++i) {
            places[i] = new HostileCollaboration();
            places[i].sayThat(1_000, actorAt(i), true, 0);
            CHEAT.deal(address(places[i]), 1 ether);
            openPool(i, i, 1 ether, 1 ether, 2 ether, 30 days);
        }
    }

    /// @notice One of the accounts, each with a key.
    function actorAt(uint256 which) public returns (address) {
        return CHEAT.addr(_key(which));
    }

    function deposit(uint256 who, uint256 forWhom, uint256 amountWei) external {
        bytes memory call_ = abi.encodeCall(ISponsorship.depositFor, (actorAt(forWhom)));
        _act(0, who, amountWei % 1 ether, call_);
    }

    function withdraw(uint256 who) external {
        _act(1, who, 0, abi.encodeCall(ISponsorship.withdraw, (payable(actorAt(who)))));
    }

    function relay(
        uint256 who,
        uint256 author,
        uint256 place,
        uint256 valueWei,
        bool stakeFromAuthor,
        bool late
    ) external {
        SponsoredContribution memory request = SponsoredContribution({
            collaboration: address(places[place % 2]),
            author: actorAt(author),
            payee: actorAt(who),
            relayer: address(0),
            sample: hex"0001",
            label: 1,
            maxStakeWei: 1 ether,
            stakeFromAuthor: stakeFromAuthor,
            nonce: ++_nonce,
            deadline: late ? 1 : type(uint256).max
        });
        (uint8 v, bytes32 r, bytes32 s) = CHEAT.sign(_key(author), SPONSORSHIP.hashOf(request));
        _act(2, who, valueWei % 1 ether, abi.encodeCall(ISponsorship.relay, (request, abi.encodePacked(r, s, v))));
    }

    function contribute(uint256 who, uint256 place, uint256 valueWei) external {
        bytes memory call_ = abi.encodeCall(ISponsorship.contribute, (address(places[place % 2]), hex"0001", 1));
        _act(3, who, valueWei % 1 ether, call_);
    }

    function openPool(uint256 who, uint256 place, uint256 valueWei, uint88 cap, uint88 authorCap, uint32 lasts) public {
        uint256 now_ = CHEAT.getBlockTimestamp();
        PoolTerms memory terms = PoolTerms(cap, authorCap, uint40(now_ + lasts), uint40(now_ + 2 * uint256(lasts)));
        bytes memory call_ = abi.encodeCall(IReimbursement.openPool, (address(places[place % 2]), terms));
        _act(4, who, valueWei % 2 ether, call_);
    }

    function fundPool(uint256 who, uint256 place, uint256 valueWei) external {
        bytes memory call_ = abi.encodeCall(IReimbursement.fundPool, (address(places[place % 2])));
        _act(5, who, valueWei % 1 ether, call_);
    }

    function claimGas(uint256 who, uint256 place, uint256 id, uint256 author) external {
        GasClaim[] memory claims = new GasClaim[](1);
        HostileCollaboration at = places[place % 2];
        uint256 count = at.nextId();
        claims[0].id = count == 0 ? 0 : id % count;
        claims[0].contribution = Contribution(actorAt(author), 1, true, 0, 0);
        _act(6, who, 0, abi.encodeCall(IReimbursement.claimGas, (address(at), claims)));
    }

    function closePool(uint256 who, uint256 place, bool late) external {
        address at = address(places[place % 2]);
        (, , PoolTerms memory terms) = SPONSORSHIP.poolOf(at);
        if (late && terms.claimUntil >= CHEAT.getBlockTimestamp()) CHEAT.warp(uint256(terms.claimUntil) + 1);
        _act(7, who, 0, abi.encodeCall(IReimbursement.closePool, (at)));
    }

    /// @notice A collaboration says something else of itself, and perhaps plans a call back.
    function lie(uint256 place, uint64 stakeWei, uint256 creator, bool isProven, uint256 plan) external {
        HostileCollaboration at = places[place % 2];
        at.sayThat(stakeWei % 0.01 ether, actorAt(creator), isProven, at.nextId());
        address self = address(at);
        if (plan % 4 == 0) at.plan(abi.encodeCall(ISponsorship.withdraw, (payable(self))), 0);
        else if (plan % 4 == 1) at.plan(abi.encodeCall(ISponsorship.depositFor, (self)), plan % 1 gwei);
        else if (plan % 4 == 2) at.plan(abi.encodeCall(IReimbursement.closePool, (self)), 0);
        else at.plan("", 0);
        ++successes[8];
    }

    function wait(uint32 seconds_, uint64 baseFee) external {
        CHEAT.warp(CHEAT.getBlockTimestamp() + (seconds_ % 20 days));
        CHEAT.fee(baseFee % 1_000 gwei);
    }

    /// @notice All that the contract owes, added up by name.
    function owedWei() external returns (uint256 sum) {
        for (uint256 i = 0; i < ACTORS; ++i) sum += SPONSORSHIP.balanceOf(actorAt(i));
        for (uint256 i = 0; i < 2; ++i) {
            sum += SPONSORSHIP.balanceOf(address(places[i]));
            (, uint256 leftWei, ) = SPONSORSHIP.poolOf(address(places[i]));
            sum += leftWei;
        }
    }

    /// @notice Highest note of a collaboration's last contributions beyond the pool's cap.
    function noteBeyondCap(uint256 place) external view returns (uint256 mostWei) {
        address at = address(places[place]);
        (, , PoolTerms memory terms) = SPONSORSHIP.poolOf(at);
        uint256 count = places[place].nextId();
        for (uint256 id = count > 20 ? count - 20 : 0; id < count; ++id) {
            (, uint256 owed) = SPONSORSHIP.noteOf(at, id);
            if (owed > terms.capWei && owed - terms.capWei > mostWei) mostWei = owed - terms.capWei;
        }
    }

    function _act(uint256 kind, uint256 who, uint256 valueWei, bytes memory call_) private {
        address sender = actorAt(who);
        CHEAT.deal(sender, valueWei);
        CHEAT.prank(sender, sender);
        // solhint-disable-next-line avoid-low-level-calls
        (bool succeeded, ) = address(SPONSORSHIP).call{value: valueWei}(call_);
        if (succeeded) ++successes[kind];
        else ++refusals;
    }

    function _key(uint256 which) private pure returns (uint256) {
        return 0xa11ce + (which % ACTORS);
    }
}
